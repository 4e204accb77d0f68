import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnreachableError } from '../../lib/client/index.ts';
import { type Handler, runWorker, type WorkerClient, type WorkerSummary } from '../../lib/worker/index.ts';
import { FakeServer } from '../support/fake-client.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { dids, temporaryFolder } from './support.ts';

const FILES = 30;
const CONCURRENCY = 2;
const PREFETCH = 2;
const LEASE_SECONDS = 45;

const mischief = fc.record({
  what: fc.constantFrom('away', 'back', 'lose-answers', 'stop', 'kill', 'nothing'),
  worker: fc.constantFrom('w0', 'w1', 'w2'),
  seconds: fc.integer({ min: 0, max: 40 }),
});

/** Workers of one project that are stopped, killed and started again. */
class World {
  readonly clock = new VirtualClock();
  readonly server = new FakeServer({
    clock: this.clock,
    files: dids(FILES),
    leaseSeconds: LEASE_SECONDS,
    maxAttempts: 1000,
    retryAfterSeconds: 3,
  });
  readonly #folder = temporaryFolder();
  readonly #lives = new Map<
    string,
    { stop: AbortController; ended: Promise<WorkerSummary>; cut: () => void }
  >();
  readonly #summaries: WorkerSummary[] = [];
  #born = 0;
  #random = 1;

  start(worker: string, journal = this.#newJournal()): void {
    let isCut = false;
    const guarded =
      <I, R>(call: (input: I, options?: { signal?: AbortSignal | undefined }) => Promise<R>): typeof call =>
      async (input, options) => {
        if (isCut) throw new UnreachableError('this process is dead');
        const reply = await call(input, options);
        if (isCut) throw new UnreachableError('this process is dead');
        return reply;
      };
    const { advance, heartbeat, held } = this.server.client;
    const client: WorkerClient = {
      advance: guarded(advance),
      heartbeat: guarded(heartbeat),
      held: guarded(held),
    };
    const stop = new AbortController();
    const ended = runWorker({
      ...{ client, worker, journal, project: 7, concurrency: CONCURRENCY, prefetch: PREFETCH },
      ...{ clock: this.clock, random: () => this.#next(), signal: stop.signal, handler: this.#handler },
    });
    const cut = () => {
      isCut = true;
      const copy = this.#newJournal();
      if (existsSync(journal)) copyFileSync(journal, copy);
      stop.abort();
      this.start(worker, copy);
    };
    ended.then(summary => {
      if (!isCut) this.#summaries.push(summary);
      if (!isCut && summary.state === undefined) this.start(worker, journal);
    });
    this.#lives.set(worker, { stop, ended, cut });
  }

  async suffer({
    what,
    worker,
    seconds,
  }: typeof mischief extends fc.Arbitrary<infer M> ? M : never): Promise<void> {
    if (what === 'away') this.server.away = true;
    if (what === 'back') this.server.away = false;
    if (what === 'lose-answers') this.server.answersToLose = 3;
    if (what === 'stop') this.#lives.get(worker)?.stop.abort();
    if (what === 'kill') this.#lives.get(worker)?.cut();
    await this.clock.pass(seconds);
    for (const name of this.#lives.keys())
      expect(this.server.heldBy(name)).toBeLessThanOrEqual(CONCURRENCY + PREFETCH);
  }

  /** Ends the faults and lets the workers finish; the sum of what they did. */
  async peace(): Promise<number> {
    this.server.away = false;
    this.server.answersToLose = 0;
    for (let round = 0; round < 50 && this.server.counts().done < FILES; round += 1)
      await this.clock.pass(60);
    await this.clock.pass(60);
    return this.#summaries.reduce((sum, { done }) => sum + done, 0);
  }

  readonly #handler: Handler = async (_file, { signal }) => {
    await this.clock.sleep(this.#next() * 20_000, signal);
    return this.#next() < 0.1 ? { failed: 'bad luck', retry: true } : undefined;
  };

  #newJournal(): string {
    this.#born += 1;
    return join(this.#folder, `${this.#born}.ndjson`);
  }

  #next(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }
}

test('whatever happens to the server, its answers and the workers, every file ends done and is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mischief, { maxLength: 25 }), async story => {
      const world = new World();
      for (const worker of ['w0', 'w1', 'w2']) world.start(worker);
      for (const fault of story) await world.suffer(fault);
      const reported = await world.peace();
      expect(world.server.counts()).toEqual({ ready: 0, reserved: 0, done: FILES, failed: 0 });
      const killed = story.some(({ what }) => what === 'kill');
      if (killed) expect(reported).toBeLessThanOrEqual(FILES);
      else expect(reported).toBe(FILES);
    }),
    {
      numRuns: 40,
      // Files are finished while a call is repeated that does not report them.
      examples: [
        [
          [
            { what: 'back', worker: 'w0', seconds: 2 },
            { what: 'away', worker: 'w0', seconds: 36 },
            { what: 'lose-answers', worker: 'w0', seconds: 2 },
            { what: 'back', worker: 'w0', seconds: 2 },
          ],
        ],
      ],
    },
  );
}, 60_000);
