import type { RouteInput } from '../../lib/contract/routes.ts';
import { ErraticWorker } from './erratic.ts';
import { Network } from './network.ts';
import { Owner } from './owner.ts';
import type { Plan } from './plan.ts';
import { Service } from './service.ts';
import { keepWorking } from './worker.ts';
import { World } from './world.ts';

/** When the faults are over, a project must have ended after this time: leases, lost tickets and sweeps included. */
const CALM_MILLIS = 60 * 60_000;

/** One project from its creation to its end, as a plan says. */
export class Simulation {
  readonly world: World;
  readonly network: Network;
  readonly #service: Service;
  #project: number | undefined;
  #isMeddling = true;
  #isOver = false;
  #isEnded = false;

  constructor(plan: Plan, options: { isWritten: boolean }) {
    this.world = new World(plan, options);
    this.#service = new Service(this.world);
    this.network = new Network(this.world, this.#service);
  }

  get project(): number {
    return this.#project ?? 0;
  }

  /** Nothing is left to do. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Somebody was told so; while the owner meddles it may be active again. */
  projectIsOver(): void {
    if (!this.#isMeddling) this.#isOver = true;
  }

  /** Whether all came to its end in time. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  get settings(): Omit<RouteInput<'createProject'>, 'files' | 'manifest'> {
    const { leaseSeconds, idleSeconds, maxAttempts, retryBackoffSeconds, onLeaseExpiry } = this.world.plan;
    return {
      ...{ leaseSeconds, idleSeconds, maxAttempts, retryBackoffSeconds, onLeaseExpiry },
      ...{ retryBackoffMaxSeconds: 60, virtual: true },
    };
  }

  get files(): { name: string; lane?: string }[] {
    const { files, lanes } = this.world.plan;
    return Array.from({ length: files }, (_, n) => ({
      name: `f${n}`,
      ...(n % lanes === 1 && { lane: 'b' }),
    }));
  }

  /** Runs it to its end, or as long as it may take. */
  async run(): Promise<void> {
    const { world } = this;
    const latest = world.now + world.plan.stormSeconds * 1000 + CALM_MILLIS;
    this.#live().catch(error => {
      world.wrongs.push(error instanceof Error ? `${error.stack}` : String(error));
      this.#isOver = true;
    });
    await world.scheduler
      .run(() => this.#isEnded || world.wrongs.length > 0 || world.now > latest)
      .catch(error => world.wrongs.push(String(error)));
  }

  async #live(): Promise<void> {
    const { plan } = this.world;
    const owner = new Owner(this);
    const sweeping = plan.hasSweep ? this.#service.sweepUntil(() => this.#isOver) : undefined;
    const project = await owner.create();
    this.#project = project;
    const workers = [
      ...Array.from({ length: plan.workers }, (_, n) => keepWorking(this, `w${n}`)),
      ...Array.from({ length: plan.erratic }, (_, n) => new ErraticWorker(this, `e${n}`).keepWorking()),
    ];
    await owner.meddle(project);
    this.#isMeddling = false;
    await Promise.all(workers);
    await sweeping;
    while (!(await owner.isEnded(project))) await this.world.pause(10);
    await owner.inspect(project);
    this.#isEnded = true;
  }
}
