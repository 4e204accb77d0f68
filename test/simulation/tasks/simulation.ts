import { Simulation } from '../simulation.ts';
import { ErraticTaskWorker } from './erratic.ts';
import { feed } from './fed.ts';
import type { TasksPlan } from './plan.ts';
import { Submitter } from './submitter.ts';
import { TASK_VERBS } from './verbs.ts';
import { keepWorking } from './worker.ts';

/** Tasks from their submission to their ends. */
export class TaskSimulation extends Simulation<TasksPlan> {
  #isOver = false;
  #isDelivered = false;

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
    const sweeping = plan.hasSweep ? this.service.sweepUntil(() => this.#isDelivered) : undefined;
    const workers = [
      ...(plan.isFed
        ? this.queues.map(queue => feed(this, queue))
        : Array.from({ length: plan.workers }, (_, n) => keepWorking(this, `w${n}`))),
      ...Array.from({ length: plan.erratic }, (_, n) => new ErraticTaskWorker(this, `e${n}`).keepWorking()),
    ];
    await Promise.all([submitter.submit(), submitter.meddle()]);
    await this.#untilEnded(submitter);
    this.#isOver = true;
    await Promise.all(workers);
    await this.#untilDelivered();
    await sweeping;
    await submitter.inspect();
  }

  /** What was refused may still be done by a copy of the request: so they have ended when nothing comes late any more. */
  async #untilEnded(submitter: Submitter): Promise<void> {
    for (let looks = 0; looks < 2; ) {
      looks = (await submitter.areEnded()) ? looks + 1 : 0;
      await this.world.pause(5);
    }
  }

  /** Events that could not be delivered at once are tried again by the sweep, with pauses that grow. */
  async #untilDelivered(): Promise<void> {
    const { replies, hasSweep } = this.plan;
    if (replies && hasSweep) await this.world.pause(300);
    this.#isDelivered = true;
  }
}
