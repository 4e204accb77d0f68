import { Simulation } from '../simulation.ts';
import { ErraticTaskWorker } from './erratic.ts';
import type { TasksPlan } from './plan.ts';
import { Submitter } from './submitter.ts';
import { TASK_VERBS } from './verbs.ts';
import { keepWorking } from './worker.ts';

/** Tasks from their submission to their ends. */
export class TaskSimulation extends Simulation<TasksPlan> {
  #isOver = false;

  constructor(plan: TasksPlan, options: { isWritten: boolean }) {
    super(plan, TASK_VERBS, options);
  }

  get queues(): readonly string[] {
    return ['q', 'r'].slice(0, this.plan.queues);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  protected async live(): Promise<void> {
    const { plan } = this;
    const submitter = new Submitter(this);
    await submitter.makeQueues();
    const sweeping = plan.hasSweep ? this.service.sweepUntil(() => this.#isOver) : undefined;
    const workers = [
      ...Array.from({ length: plan.workers }, (_, n) => keepWorking(this, `w${n}`)),
      ...Array.from({ length: plan.erratic }, (_, n) => new ErraticTaskWorker(this, `e${n}`).keepWorking()),
    ];
    await Promise.all([submitter.submit(), submitter.meddle()]);
    while (!(await submitter.areEnded())) await this.world.pause(5);
    await this.#untilDelivered();
    this.#isOver = true;
    await Promise.all(workers);
    await sweeping;
    await submitter.inspect();
  }

  /** What could not be delivered at once is delivered by a sweep, at the latest the second one. */
  async #untilDelivered(): Promise<void> {
    if (this.plan.replies && this.plan.hasSweep) await this.world.pause(300);
  }
}
