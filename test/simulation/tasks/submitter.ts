import type { Client } from '../../../lib/client/index.ts';
import { RefusedError } from '../../../lib/client/index.ts';
import type { RouteInput } from '../../../lib/contract/routes.ts';
import type { TaskSummary } from '../../../lib/contract/tasks.ts';
import { Machine } from '../machine.ts';
import type { TasksPlan } from './plan.ts';
import type { TaskSimulation } from './simulation.ts';

/** Makes the queues, submits tasks, does to them what the plan says, and waits for their ends. */
export class Submitter {
  readonly #simulation: TaskSimulation;
  readonly #machine: Machine;
  /** The tasks it has heard of. */
  readonly #known: string[] = [];

  constructor(simulation: TaskSimulation) {
    this.#simulation = simulation;
    this.#machine = new Machine(simulation, 'submitter', { isFragile: false });
  }

  async makeQueues(): Promise<void> {
    const { queues, plan } = this.#simulation;
    const { leaseSeconds, timeoutSeconds, cancelGraceSeconds, limit } = plan;
    for (const queue of queues)
      await this.#machine.insist(options =>
        this.#client.putQueue(
          {
            ...{ queue, leaseSeconds, timeoutSeconds, cancelGraceSeconds, concurrency: limit },
            ...{ maxAttempts: plan.taskAttempts, retryBackoffSeconds: plan.taskBackoffSeconds },
            retryBackoffMaxSeconds: 60,
          },
          options,
        ),
      );
  }

  /** Submits all tasks, each under a key of its own: it repeats itself until it is answered, and sometimes later. */
  async submit(): Promise<void> {
    const { plan } = this.#simulation;
    const dice = this.#dice;
    for (let n = 0; n < plan.tasks; n += 1) {
      if (dice.chance(0.5)) await this.#machine.pause(dice.below(plan.stormSeconds / plan.tasks));
      const task = this.#newTask(n);
      await this.#submitOne(task);
      if (dice.chance(0.2)) await this.#submitOne(task);
    }
  }

  /** Cancels, retries, deletes, pauses and resumes while the storm lasts. */
  async meddle(): Promise<void> {
    const { plan, world } = this.#simulation;
    const { meanwhile } = plan;
    if (meanwhile === 'nothing') return;
    for (let times = this.#dice.between(1, 4); times > 0 && world.weather.isStorm; times -= 1) {
      await this.#machine.pause(this.#dice.below(plan.stormSeconds / 3));
      if (meanwhile !== 'pause') await this.#meddleWithTask();
      if (mayPause(plan)) await this.#pauseQueue();
    }
  }

  /** Whether all tasks have ended, and nothing is still being done to them. */
  async areEnded(): Promise<boolean> {
    const { plan, queues } = this.#simulation;
    if (mayPause(plan)) for (const queue of queues) await this.#keepOpen(queue);
    const tasks = await this.#list();
    const { history } = this.#simulation.world;
    return tasks.every(({ state }) => ENDED.has(state)) && !history.isUnderWay('submitter');
  }

  /** Looks at everything: the checks compare it with what was said before. */
  async inspect(): Promise<void> {
    for (const { id: task } of await this.#list())
      await this.#machine.insist(options => this.#client.showTask({ task }, options));
    for (const queue of this.#simulation.queues)
      await this.#machine.insist(options => this.#client.showQueue({ queue }, options));
  }

  get #client(): Client {
    return this.#machine.client;
  }

  get #dice() {
    return this.#simulation.world.dice;
  }

  #newTask(n: number): RouteInput<'submitTask'> {
    const { plan, queues } = this.#simulation;
    const dice = this.#dice;
    const parent = dice.chance(plan.parts) ? this.#anyTask() : undefined;
    return {
      name: dice.pick('work', 'work', 'watch'),
      queue: queues[dice.below(queues.length)],
      dedupKey: `k${n}`,
      args: { n },
      priority: dice.pick('normal', 'normal', 'high', 'low'),
      ...(dice.chance(0.2) && { delaySeconds: dice.between(1, plan.stormSeconds) }),
      ...(parent !== undefined && { parent }),
      ...(plan.replies && { replyTo: 'replies', correlationId: `c${n}` }),
    };
  }

  /** Alone, or together with another one of which nobody is told. */
  async #submitOne(task: RouteInput<'submitTask'>): Promise<void> {
    const isAlone = this.#dice.chance(0.7);
    const answered = await this.#tryTo(async options => {
      if (isAlone) return this.#note([await this.#client.submitTask(task, options)]);
      const other = { ...task, dedupKey: `${task.dedupKey}b` };
      return this.#note((await this.#client.submitTasks({ tasks: [task, other] }, options)).tasks);
    });
    // A parent that was cancelled, or deleted, takes no further parts.
    if (!answered && task.parent !== undefined) await this.#submitOne({ ...task, parent: undefined });
  }

  #note(tasks: readonly { readonly id: string }[]): void {
    for (const { id } of tasks) if (!this.#known.includes(id)) this.#known.push(id);
  }

  #anyTask(): string | undefined {
    return this.#known[this.#dice.below(this.#known.length)];
  }

  async #meddleWithTask(): Promise<void> {
    const task = this.#anyTask();
    if (task === undefined) return;
    const doing = this.#dice.below(10);
    const move = () => ({ task, requestId: this.#simulation.world.newId() });
    const [cancel, retry] = [move(), move()];
    if (doing < 6) await this.#tryTo(options => this.#client.cancelTask(cancel, options));
    if (doing < 4) await this.#machine.pause(this.#dice.below(10));
    if (doing < 2 || doing > 6) await this.#tryTo(options => this.#client.retryTask(retry, options));
    if (doing === 6) await this.#tryTo(options => this.#client.deleteTask({ task }, options));
  }

  async #pauseQueue(): Promise<void> {
    const { queues } = this.#simulation;
    const queue = queues[this.#dice.below(queues.length)] ?? '';
    await this.#machine.insist(options => this.#client.pauseQueue({ queue }, options));
    await this.#machine.pause(this.#dice.below(40));
    await this.#machine.insist(options => this.#client.resumeQueue({ queue }, options));
  }

  /** A pause that was held back on its way may come after it was over. */
  async #keepOpen(queue: string): Promise<void> {
    const { paused } = await this.#machine.insist(options => this.#client.showQueue({ queue }, options));
    if (paused) await this.#machine.insist(options => this.#client.resumeQueue({ queue }, options));
  }

  async #list(): Promise<TaskSummary[]> {
    const tasks: TaskSummary[] = [];
    for (const queue of this.#simulation.queues)
      for (let after: string | undefined = ''; after !== undefined; ) {
        const from: { after?: string } = after === '' ? {} : { after };
        const page = await this.#machine.insist(options =>
          this.#client.listTasks({ queue, ...from }, options),
        );
        tasks.push(...page.tasks);
        after = page.next;
      }
    return tasks;
  }

  /** Asks until it is answered; false: it was refused. */
  async #tryTo(ask: Parameters<Machine['insist']>[0]): Promise<boolean> {
    try {
      await this.#machine.insist(ask);
      return true;
    } catch (error) {
      if (error instanceof RefusedError) return false;
      throw error;
    }
  }
}

function mayPause({ meanwhile }: TasksPlan): boolean {
  return meanwhile === 'pause' || meanwhile === 'all';
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);
