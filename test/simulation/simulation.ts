import type { Verb } from '../../functions/middleware/verb.ts';
import type { CommonPlan } from './common-plan.ts';
import { Network } from './network.ts';
import { Service } from './service.ts';
import { World } from './world.ts';

/** When the faults are over, all must have ended after this time: leases, lost tickets and sweeps included. */
const CALM_MILLIS = 60 * 60_000;

/** What a seed stands for, from its beginning to its end, as a plan says. */
export abstract class Simulation<P extends CommonPlan = CommonPlan> {
  readonly plan: P;
  readonly world: World;
  readonly network: Network;
  protected readonly service: Service;
  #isEnded = false;

  constructor(plan: P, verbs: readonly Verb[], options: { isWritten: boolean }) {
    this.plan = plan;
    this.world = new World(plan, options);
    this.service = new Service(this.world, verbs);
    this.network = new Network(this.world, this.service);
  }

  /** Nothing is left to do. */
  abstract get isOver(): boolean;

  /** All that happens; it resolves when everything has come to its end. */
  protected abstract live(): Promise<void>;

  /** Whether all came to its end in time. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Runs it to its end, or as long as it may take. */
  async run(): Promise<void> {
    const { world } = this;
    const latest = world.now + world.plan.stormSeconds * 1000 + CALM_MILLIS;
    this.live().then(
      () => {
        this.#isEnded = true;
      },
      error => world.wrongs.push(error instanceof Error ? `${error.stack}` : String(error)),
    );
    await world.scheduler
      .run(() => this.#isEnded || world.wrongs.length > 0 || world.now > latest)
      .catch(error => world.wrongs.push(String(error)));
  }
}
