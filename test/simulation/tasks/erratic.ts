import type { CallOptions } from '../../../lib/client/index.ts';
import type { ReservedTask } from '../../../lib/contract/tasks.ts';
import { Machine } from '../machine.ts';
import type { TaskSimulation } from './simulation.ts';

type Outcome = 'succeeded' | 'retry' | 'failed' | 'released' | 'cancelled';

interface Said {
  readonly token: string;
  readonly outcome: Outcome;
}

/**
 * A caller who does, in any order, all that callers may do: takes tasks, tells of them, ends them well or badly, late,
 * twice or never, and forgets what it held.
 */
export class ErraticTaskWorker {
  readonly #simulation: TaskSimulation;
  readonly #machine: Machine;
  #held: string[] = [];
  readonly #said: Said[] = [];
  /** Events told so far, by token. */
  readonly #told = new Map<string, number>();

  constructor(simulation: TaskSimulation, name: string) {
    this.#simulation = simulation;
    this.#machine = new Machine(simulation, name, { isFragile: false });
  }

  async keepWorking(): Promise<void> {
    while (!this.#simulation.isOver) {
      await this.#doSomething();
      await this.#machine.pause(this.#dice.random() * 4);
    }
  }

  get #dice() {
    return this.#simulation.world.dice;
  }

  get #client() {
    return this.#machine.client;
  }

  get #worker(): string {
    return this.#machine.host.name;
  }

  async #doSomething(): Promise<void> {
    const doing = this.#dice.below(20);
    const [token] = this.#held;
    if (doing === 0) this.#held = [];
    else if (doing === 1) await this.#machine.pause(this.#dice.below(45));
    else if (doing === 2) await this.#repeat();
    else if (doing === 3) await this.#recall();
    else if (token === undefined) await this.#reserve();
    else if (doing < 6)
      await this.#within(options => this.#client.heartbeatTasks({ tokens: this.#held }, options));
    else if (doing < 11) await this.#tell(token);
    else if (doing < 17) await this.#end();
    else if (this.#held.length < 4) await this.#reserve();
  }

  /** The answer, if there is one in time that is no refusal. */
  #within<T>(call: (options: CallOptions) => Promise<T>): Promise<T | undefined> {
    return this.#machine.within(20, call).catch(() => undefined);
  }

  async #recall(): Promise<void> {
    const reply = await this.#within(options => this.#client.heldTasks({ worker: this.#worker }, options));
    this.#hold(reply?.tasks ?? []);
  }

  #hold(tasks: readonly ReservedTask[]): void {
    this.#held = [...new Set([...this.#held, ...tasks.map(({ token }) => token)])];
  }

  async #reserve(): Promise<void> {
    const dice = this.#dice;
    const request = {
      ...{ worker: this.#worker, requestId: this.#simulation.world.newId(), count: dice.pick(1, 1, 3) },
      ...{ queues: [...this.#simulation.queues], waitSeconds: dice.pick(0, 0, 10) },
      ...(dice.chance(0.2) && { names: ['work'] }),
    };
    for (let tries = dice.pick(1, 3); tries > 0; tries -= 1) {
      const reply = await this.#within(options => this.#client.reserveTasks(request, options));
      if (reply?.status === 'reserved') this.#hold(reply.tasks);
      if (reply?.status === 'wait') await this.#machine.pause(Math.min(5, reply.retryAfterSeconds));
      if (reply) return;
    }
  }

  /** An event after the other; one that is not answered may be there or not. */
  async #tell(token: string): Promise<void> {
    const n = this.#told.get(token) ?? 0;
    this.#told.set(token, n + 1);
    const { maxlen } = this.#simulation.plan;
    const request = { token, event: { life: token, n }, maxlen, requestId: this.#simulation.world.newId() };
    for (let tries = this.#dice.pick(1, 3); tries > 0; tries -= 1)
      if (await this.#within(options => this.#client.updateTask(request, options))) return;
  }

  async #end(): Promise<void> {
    for (const token of this.#held.splice(0, 1 + this.#dice.below(2))) {
      const said = { token, outcome: this.#outcome() };
      this.#said.push(said);
      await this.#say(said);
    }
  }

  #outcome(): Outcome {
    const luck = this.#dice.random();
    if (luck < 0.6) return 'succeeded';
    if (luck < 0.8) return 'retry';
    return luck < 0.85 ? 'failed' : luck < 0.92 ? 'released' : 'cancelled';
  }

  /** Says something again that it said before, perhaps long ago, perhaps otherwise. */
  async #repeat(): Promise<void> {
    const said = this.#said[this.#dice.below(this.#said.length)];
    if (!said) return;
    const again = this.#dice.chance(0.8) ? said : { ...said, outcome: this.#outcome() };
    this.#said.push(again);
    await this.#say(again);
  }

  async #say({ token, outcome }: Said): Promise<void> {
    const end =
      outcome === 'succeeded'
        ? { token, outcome, result: { by: token } }
        : outcome === 'released' || outcome === 'cancelled'
          ? { token, outcome }
          : { token, outcome: 'failed' as const, error: { message: outcome }, retry: outcome === 'retry' };
    for (let tries = this.#dice.pick(1, 3); tries > 0; tries -= 1)
      if (await this.#within(options => this.#client.endTask(end, options))) return;
  }
}
