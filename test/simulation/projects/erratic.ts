import type { CallOptions } from '../../../lib/client/index.ts';
import type { RouteReply } from '../../../lib/contract/routes.ts';
import { Machine } from '../machine.ts';
import type { ProjectSimulation } from './simulation.ts';

type Verdict = 'done' | 'retry' | 'fail' | 'release';

interface Said {
  readonly token: string;
  readonly verdict: Verdict;
}

/**
 * A caller who does, in any order, all that callers may do: takes files, reports them well or badly, late, twice or
 * never, and forgets what it held.
 */
export class ErraticWorker {
  readonly #simulation: ProjectSimulation;
  readonly #machine: Machine;
  #held: string[] = [];
  readonly #said: Said[] = [];

  constructor(simulation: ProjectSimulation, name: string) {
    this.#simulation = simulation;
    this.#machine = new Machine(simulation, name, { isFragile: false });
  }

  async keepWorking(): Promise<void> {
    while (!this.#simulation.isOver) {
      // It hears of refusals and outages like anybody, and does something else then.
      await this.#doSomething().catch(() => {});
      await this.#machine.pause(this.#dice.random() * 4);
    }
  }

  get #dice() {
    return this.#simulation.world.dice;
  }

  get #who() {
    return { project: this.#simulation.project, worker: this.#machine.host.name };
  }

  async #doSomething(): Promise<void> {
    const doing = this.#dice.below(20);
    const { client } = this.#machine;
    if (doing === 0) this.#held = [];
    else if (doing === 1) await this.#machine.pause(this.#dice.below(45));
    else if (doing === 2) await this.#within(options => client.heartbeat(this.#beat, options));
    else if (doing === 3) await this.#repeat();
    else if (doing === 4) await this.#recall();
    else if (doing < 13 && this.#held.length > 0) await this.#report();
    else if (this.#held.length < 6) await this.#reserve();
  }

  /** For some tokens, or for all that it holds. */
  get #beat() {
    const tokens = this.#dice.chance(0.5) && this.#held.length > 0 && { tokens: this.#held };
    return { ...this.#who, ...tokens };
  }

  async #recall(): Promise<void> {
    const reply = await this.#within(options => this.#machine.client.held(this.#who, options));
    this.#hold(reply?.reservations ?? []);
  }

  #hold(reservations: readonly { token: string }[]): void {
    this.#held = [...new Set([...this.#held, ...reservations.map(({ token }) => token)])];
  }

  async #reserve(): Promise<void> {
    const request = {
      ...{ ...this.#who, requestId: this.#simulation.world.newId(), count: this.#dice.pick(1, 1, 3, 10) },
      waitSeconds: this.#dice.pick(0, 0, 10),
    };
    for (let tries = this.#dice.pick(1, 3); tries > 0; tries -= 1)
      if (await this.#receive(this.#within(options => this.#machine.client.reserve(request, options))))
        return;
  }

  /** The answer, if there is one in time that is no refusal. */
  async #within<T>(call: (options: CallOptions) => Promise<T>): Promise<T | undefined> {
    return this.#machine.within(20, call).catch(() => undefined);
  }

  async #receive(answer: Promise<RouteReply<'reserve'> | undefined>): Promise<boolean> {
    const reply = await answer;
    if (reply?.status === 'wait') await this.#machine.pause(Math.min(5, reply.retryAfterSeconds));
    if (reply?.status === 'done') this.#simulation.projectIsOver();
    if (reply?.status === 'reserved') this.#hold(reply.reservations);
    return reply !== undefined;
  }

  async #report(): Promise<void> {
    const tokens = this.#held.splice(0, 1 + this.#dice.below(4));
    const said = tokens.map(token => ({ token, verdict: this.#verdict() }));
    this.#said.push(...said);
    await this.#say(said);
  }

  #verdict(): Verdict {
    const luck = this.#dice.random();
    return luck < 0.7 ? 'done' : luck < 0.9 ? 'retry' : luck < 0.95 ? 'fail' : 'release';
  }

  /** Says something again that it said before, perhaps long ago, perhaps otherwise. */
  async #repeat(): Promise<void> {
    const said = this.#said[this.#dice.below(this.#said.length)];
    if (!said) return;
    const again = this.#dice.chance(0.8) ? said : { ...said, verdict: this.#verdict() };
    this.#said.push(again);
    await this.#say([again]);
  }

  async #say(said: readonly Said[]): Promise<void> {
    const of = (verdict: Verdict) => said.filter(one => one.verdict === verdict).map(({ token }) => token);
    const done = of('done');
    const released = of('release');
    const failed = [
      ...of('retry').map(token => ({ token, retry: true })),
      ...of('fail').map(token => ({ token, retry: false })),
    ];
    const { client } = this.#machine;
    if (this.#dice.chance(0.6)) {
      const reserve = this.#dice.chance(0.6) && { reserve: { count: this.#dice.pick(1, 2, 5) } };
      const request = {
        ...this.#who,
        requestId: this.#simulation.world.newId(),
        done,
        failed,
        released,
        ...reserve,
      };
      for (let tries = this.#dice.pick(1, 3); tries > 0; tries -= 1) {
        const reply = await this.#within(options => client.advance(request, options));
        if (!reply) continue;
        if (reply.next) await this.#receive(Promise.resolve(reply.next));
        return;
      }
      return;
    }
    if (done.length > 0) await this.#within(options => client.done({ ...this.#who, done }, options));
    if (failed.length > 0) await this.#within(options => client.failed({ ...this.#who, failed }, options));
    if (released.length > 0)
      await this.#within(options => client.release({ ...this.#who, released }, options));
  }
}
