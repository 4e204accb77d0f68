import type { RouteInput } from '../../../lib/contract/routes.ts';
import { Simulation } from '../simulation.ts';
import { ErraticWorker } from './erratic.ts';
import { Owner } from './owner.ts';
import type { ProjectPlan } from './plan.ts';
import { PROJECT_VERBS } from './verbs.ts';
import { keepWorking } from './worker.ts';

/** When a deleted project is forgotten: nothing comes late any more, and a sweep has come by. */
const GONE_SECONDS = 20 * 60;

/** One project from its creation to its end. */
export class ProjectSimulation extends Simulation<ProjectPlan> {
  #project: number | undefined;
  #isOver = false;
  #isGone = false;

  constructor(plan: ProjectPlan, options: { isWritten: boolean }) {
    super(plan, PROJECT_VERBS, options);
  }

  get project(): number {
    return this.#project ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Somebody was told so: it is, unless its owner may have made it active since. */
  projectIsOver(): void {
    if (this.plan.meddling === 'nothing') this.#isOver = true;
  }

  get settings(): Omit<RouteInput<'createProject'>, 'files' | 'manifest'> {
    const { idleSeconds, maxAttempts, retryBackoffSeconds, onLeaseExpiry } = this.plan;
    const leaseSeconds = this.plan.isEndless ? null : this.plan.leaseSeconds;
    return {
      ...{ leaseSeconds, idleSeconds, maxAttempts, retryBackoffSeconds, onLeaseExpiry },
      ...{ retryBackoffMaxSeconds: 60, virtual: true },
    };
  }

  get files(): { name: string; lane?: string }[] {
    const { files, lanes } = this.plan;
    return Array.from({ length: files }, (_, n) => ({
      name: `f${n}`,
      ...(n % lanes === 1 && { lane: 'b' }),
    }));
  }

  protected async live(): Promise<void> {
    const { plan } = this;
    const owner = new Owner(this);
    const sweeping = plan.hasSweep ? this.service.sweepUntil(() => this.#isGone) : undefined;
    const project = await owner.create();
    this.#project = project;
    const workers = [
      ...Array.from({ length: plan.workers }, (_, n) => keepWorking(this, `w${n}`)),
      ...Array.from({ length: plan.erratic }, (_, n) => new ErraticWorker(this, `e${n}`).keepWorking()),
    ];
    await owner.meddle(project);
    if (plan.meddling === 'nothing') await Promise.all(workers);
    while (!(await owner.isEnded(project))) await this.world.pause(10);
    this.#isOver = true;
    await Promise.all(workers);
    await owner.inspect(project);
    if (plan.isDeleted) {
      await owner.delete(project);
      await this.world.pause(GONE_SECONDS);
    }
    this.#isGone = true;
    await sweeping;
  }
}
