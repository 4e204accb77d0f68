import { expect } from 'vitest';
import type { Fleet } from './fleet.ts';
import type { Process } from './support.ts';

type Verdict = 'done' | 'retry' | 'fail' | 'release';
interface Said {
  readonly token: string;
  readonly verdict: Verdict;
}
type ReserveReply = Awaited<ReturnType<Process['reserve']>>;
type AdvanceReply = Awaited<ReturnType<Process['advance']>>;

/** Most files it holds at a time. */
const HANDS = 6;

/**
 * A worker that does, in any order, all that workers do: takes files, reports them well or badly, late, twice or never,
 * dies and comes back under another name. It checks each answer against what was written.
 */
export class ErraticWorker {
  readonly #fleet: Fleet;
  readonly #project: number;
  #name: string;
  #held: string[] = [];
  readonly #said: Said[] = [];
  /** Reports that were accepted when they were first heard. */
  readonly #counted: Set<string>;

  /** `counted` is shared by all workers: a report counts once for all of them. */
  constructor(fleet: Fleet, project: number, name: string, counted: Set<string>) {
    this.#fleet = fleet;
    this.#project = project;
    this.#name = name;
    this.#counted = counted;
  }

  async workUntilOver(): Promise<void> {
    while (!this.#fleet.isOver(this.#project)) {
      await this.#doSomething();
      await this.#fleet.pause(this.#fleet.below(3));
    }
  }

  async #doSomething(): Promise<void> {
    const doing = this.#fleet.below(20);
    if (doing === 0) this.#die();
    else if (doing === 1) await this.#fleet.pause(this.#fleet.below(45));
    else if (doing === 2) await this.#beat();
    else if (doing === 3) await this.#repeat();
    else if (doing < 12 && this.#held.length > 0) await this.#report();
    else if (this.#held.length < HANDS) await this.#reserve();
  }

  #die(): void {
    this.#held = [];
    this.#name = `${this.#name}+`.slice(-40);
  }

  async #beat(): Promise<void> {
    const tokens = this.#held.length > 0 && this.#fleet.chance(0.5) && { tokens: this.#held };
    await this.#fleet.ask(process => process.heartbeat(this.#project, { worker: this.#name, ...tokens }));
  }

  async #reserve(): Promise<void> {
    const fleet = this.#fleet;
    const wish = {
      ...{ worker: this.#name, requestId: fleet.world.newId(), count: fleet.pick(1, 1, 3, 10) },
      ...(fleet.chance(0.3) && { lanes: [fleet.pick('default', 'a', 'b')] }),
      waitSeconds: fleet.pick(0, 0, 10),
    };
    await this.#receive(await fleet.ask(process => process.reserve(this.#project, wish)));
  }

  async #receive(reply: ReserveReply | undefined): Promise<void> {
    if (reply?.status === 'wait') await this.#fleet.pause(reply.retryAfterSeconds);
    if (reply?.status !== 'reserved') return;
    const tokens = reply.reservations.map(({ token }) => token);
    expect(tokens).toEqual([...new Set(tokens)]);
    this.#held.push(...tokens);
  }

  async #report(): Promise<void> {
    const reports = this.#held.splice(0, 1 + this.#fleet.below(4));
    const said = reports.map(token => ({ token, verdict: this.#verdict() }));
    this.#said.push(...said);
    const reply = await this.#say(said, this.#fleet.chance(0.6));
    await this.#receive(reply?.next);
  }

  #verdict(): Verdict {
    const n = this.#fleet.world.random();
    return n < 0.7 ? 'done' : n < 0.9 ? 'retry' : n < 0.95 ? 'fail' : 'release';
  }

  /** Says something again that it said before, perhaps long ago. */
  async #repeat(): Promise<void> {
    const said = this.#said[this.#fleet.below(this.#said.length)];
    if (said) await this.#say([said], false);
  }

  /** Says it until it is heard, or gives up. */
  async #say(said: readonly Said[], wantsMore: boolean): Promise<AdvanceReply | undefined> {
    const of = (verdict: Verdict) => said.filter(one => one.verdict === verdict).map(({ token }) => token);
    const request = {
      ...{ worker: this.#name, requestId: this.#fleet.world.newId() },
      ...{ done: of('done'), released: of('release') },
      failed: [
        ...of('retry').map(token => ({ token, retry: true })),
        ...of('fail').map(token => ({ token, retry: false })),
      ],
      ...(wantsMore && { reserve: { count: this.#fleet.pick(1, 2, 5) } }),
    };
    for (let tries = this.#fleet.pick(1, 3); tries > 0; tries -= 1) {
      const reply = await this.#fleet.ask(process => process.advance(this.#project, request));
      if (!reply) continue;
      this.#check(reply.results);
      return reply;
    }
    return undefined;
  }

  /** Each accepted report is one that a write accepted, and counts once. */
  #check(results: AdvanceReply['results']): void {
    for (const result of results) {
      if (!result.accepted || result.token === undefined) continue;
      expect(this.#fleet.witness.settled.get(result.token)).toBe(result.state);
      if (result.repeated) continue;
      expect(this.#counted).not.toContain(result.token);
      this.#counted.add(result.token);
    }
  }
}
