import type { Key, Value } from '../../../lib/dispatch/ports.ts';
import { PER_GROUP } from '../../../lib/dispatch/tasks/task-items.ts';
import { isTerminal, type StoredState, TASK_EDGES, type Task } from '../../../lib/domain/task/task.ts';
import type { MemoryWorld } from '../../support/memory/world.ts';

/** Watches every write of a task, and notes each that breaks a promise: whoever made it, whatever crashed before. */
export class TaskWitness {
  readonly broken: string[] = [];
  readonly tasks = new Map<string, Task>();
  readonly #removed = new Set<string>();
  readonly #world: MemoryWorld;
  readonly #concurrency: number;

  constructor(world: MemoryWorld, concurrency = Number.POSITIVE_INFINITY) {
    this.#world = world;
    this.#concurrency = concurrency;
    world.items.watcher = (key, before, after) => this.#see(key, before, after);
  }

  check(isKept: boolean, promise: string): void {
    if (!isKept) this.broken.push(promise);
  }

  #see(key: Key, before: Value | undefined, after: Value | undefined): void {
    if (!key.partition.startsWith('tasks/')) return;
    const [, queue = '', group = ''] = key.partition.split('/');
    const id = `${queue}-${Number(group) * PER_GROUP + Number(key.sort)}`;
    const is = after && taskOf(after);
    if (!is) this.check(this.#removed.has(id), `${id} is forgotten though nobody removed it`);
    else if (is.removedAt === undefined) this.#seeTask(id, before && taskOf(before), is);
    else this.#seeRemoval(id, is);
  }

  #seeTask(id: string, was: Task | undefined, is: Task): void {
    this.check(!this.#removed.has(id), `${id} was removed, and is there again`);
    this.tasks.set(id, is);
    if (was) this.#seeChange(id, was, is);
    this.check(is.attempt <= is.lastAttempt, `${id} is in attempt ${is.attempt} of ${is.lastAttempt}`);
    const isHeld = is.state === 'running' || is.state === 'cancelling';
    this.check((is.lease !== undefined) === isHeld, `${id} is ${is.state} and its lease does not say so`);
    const running = [...this.tasks.values()].filter(({ lease }) => lease).length;
    this.check(running <= this.#concurrency, `${running} tasks run at once, ${this.#concurrency} may`);
  }

  /** To people it is gone from now on, and no other task ever has its id. */
  #seeRemoval(id: string, { state }: Task): void {
    this.check(isTerminal(state), `${id} was removed though it was ${state}`);
    this.#removed.add(id);
    this.tasks.delete(id);
  }

  #seeChange(id: string, was: Task, is: Task): void {
    this.check(was.generation <= is.generation, `${id} went back to generation ${is.generation}`);
    this.check(is.attempt >= was.attempt - 1, `${id} lost attempts`);
    if (was.state === is.state && was.lease?.id === is.lease?.id) return;
    const ways = Object.entries(TASK_EDGES).filter(([, { from, to }]) =>
      // An overdue lease may be ended and the next one made in one write.
      [
        [was.state, is.state],
        ['running', 'queued'],
        ['queued', 'running'],
      ].some(([start, end]) => includes(from, start) && includes(to, end)),
    );
    this.check(ways.length > 0, `${id} went from ${was.state} to ${is.state}`);
    const wasOver = isTerminal(was.state);
    this.check(!wasOver || is.reason === 'retried', `${id} was over, and became ${is.state}`);
    const overdue = was.lease && was.lease.deadline <= this.#world.clock.now();
    const isTaken = ['lease_expired', 'timed_out', 'grace_over'].includes(is.reason);
    this.check(!isTaken || overdue === true, `${id} was taken from its worker before its time`);
  }
}

function includes(states: readonly StoredState[], state: string | undefined): boolean {
  return states.some(one => one === state);
}

function taskOf(value: Value): Task {
  if (value instanceof Uint8Array || !isStored(value)) throw new Error('this is not a task');
  return { ...value, version: 1 };
}

function isStored(value: object): value is Omit<Task, 'version'> {
  return 'spec' in value && 'state' in value;
}
