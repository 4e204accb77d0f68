import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type FileTask,
  type Handler,
  type Outcome,
  runWorker,
  type WorkerEvent,
  type WorkerOptions,
} from '../../lib/worker/index.ts';
import { FakeServer, type FakeServerOptions } from '../support/fake-client.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-worker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Job {
  readonly file: FileTask;
  readonly signal: AbortSignal;
  readonly finish: (outcome?: Outcome) => void;
}

/** A handler whose files end when the test says so. */
export class Hands {
  readonly begun: string[] = [];
  mostAtOnce = 0;
  onBegin = () => {};
  /** Whether a handler ends, as failed, when it is aborted. */
  heedful = true;
  readonly #jobs = new Map<string, Job>();

  readonly handler: Handler = (file, { signal }) => {
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>();
    const finish = (outcome?: Outcome) => {
      this.#jobs.delete(file.did);
      resolve(outcome);
    };
    signal.addEventListener('abort', () => this.heedful && finish({ failed: 'aborted', retry: true }));
    this.#jobs.set(file.did, { file, signal, finish });
    this.begun.push(file.did);
    this.onBegin();
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#jobs.size);
    return promise;
  };

  /** The files being worked on now. */
  get busyWith(): string[] {
    return [...this.#jobs.keys()];
  }

  job(did: string): Job {
    const job = this.#jobs.get(did);
    if (!job) throw new Error(`nobody works on ${did}, but on ${this.busyWith.join(', ')}`);
    return job;
  }

  finish(did: string, outcome?: Outcome): void {
    this.job(did).finish(outcome);
  }

  finishAll(): void {
    for (const did of this.busyWith) this.finish(did);
  }
}

export const dids = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);

/** A server, a clock, and workers of it. */
export function setup(options: Omit<FakeServerOptions, 'clock'>) {
  const clock = new VirtualClock();
  const server = new FakeServer({ clock, ...options });
  const start = (worker: Partial<WorkerOptions> & Pick<WorkerOptions, 'handler'>) => {
    const events: WorkerEvent[] = [];
    const stop = new AbortController();
    let requests = 0;
    const ended = runWorker({
      client: server.client,
      project: 7,
      worker: 'w1',
      clock,
      random: () => 0.5,
      newRequestId: () => `r${requests++}`,
      signal: stop.signal,
      onEvent: event => events.push(event),
      ...worker,
    });
    // A test that expects a failure awaits `ended` later.
    ended.catch(() => {});
    return { ended, events, stop: () => stop.abort(), types: () => events.map(({ type }) => type) };
  };
  return { clock, server, start };
}
