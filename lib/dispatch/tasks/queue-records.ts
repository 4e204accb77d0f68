import type * as z from 'zod';
import { LIMITS } from '../../contract/limits.ts';
import { Queue } from '../../contract/queues.ts';
import { PRIORITIES, type Priority } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Home } from '../home.ts';
import type { Key } from '../ports.ts';
import { ProblemError } from '../problem.ts';

/** What is stored of a queue: its settings. The state of its tasks is in the tasks. */
export const QueueRecord = Queue;
export type QueueRecord = z.infer<typeof QueueRecord>;

const PARTITION = 'queues';

type QueuesHome = Pick<Home, 'store' | 'clock' | 'random' | 'layout'>;

/** The queue of tickets of one priority. */
export function ticketQueueOf(queue: string, priority: Priority): string {
  return `t-${queue}-${priority}`;
}

/** The queues of tickets of a queue, in the order in which they are looked at. */
export function ticketQueuesOf(queue: string): string[] {
  return PRIORITIES.map(priority => ticketQueueOf(queue, priority));
}

/** Where messages end that a function which is given the tickets of a queue could do nothing with. */
export function deadLetterQueueOf(queue: string): string {
  return `t-${queue}-dead`;
}

/** No ticket is ever sent here: its bell rings when the queue hands out tasks again that held them back. */
export function doorOf(queue: string): string {
  return `t-${queue}`;
}

/** Queue records, all of them read through a cache that this process's own writes keep fresh. */
export class Queues {
  readonly #home: QueuesHome;
  #cached: { queues: ReadonlyMap<string, QueueRecord>; readAt: number } | undefined;
  #forgotten = 0;

  constructor(home: QueuesHome) {
    this.#home = home;
  }

  /** All queues by name, in the order of their names, at most `projectCacheMillis` old. */
  async all(): Promise<ReadonlyMap<string, QueueRecord>> {
    const { clock, layout } = this.#home;
    if (this.#cached && clock.now() - this.#cached.readAt < layout.projectCacheMillis)
      return this.#cached.queues;
    const readAt = clock.now();
    const forgotten = this.#forgotten;
    const items = await this.#home.store.list(PARTITION, { limit: LIMITS.queues });
    const records = items.map(({ value }) => QueueRecord.parse(value));
    const queues = new Map(records.map(record => [record.name, record]));
    // A read that was under way while a queue was changed must not hide the change.
    if (forgotten === this.#forgotten) this.#cached = { queues, readAt };
    return queues;
  }

  /** One queue. Fails with `queue_unknown`. */
  async read(name: string): Promise<QueueRecord> {
    const known = await this.find(name);
    if (!known) throw new ProblemError('queue_unknown', `there is no queue ${name}`);
    return known;
  }

  /** One queue; what is not remembered is looked for, as another process may have made it since. */
  async find(name: string): Promise<QueueRecord | undefined> {
    return (await this.all()).get(name) ?? (await this.#readNow(name))?.record;
  }

  /** The queue that a task's name is bound to. */
  async boundTo(name: string): Promise<QueueRecord> {
    for (const queue of (await this.all()).values()) if (queue.bindings.includes(name)) return queue;
    throw new ProblemError('queue_unknown', `no queue is bound to tasks named ${name}: name a queue`);
  }

  /** Changes a queue, or makes it where `change` makes one of nothing. */
  async change(name: string, change: (record: QueueRecord | undefined) => QueueRecord): Promise<QueueRecord> {
    const changed = await untilWritten(this.#home, `queue ${name}`, async () => {
      const stored = await this.#readNow(name);
      const next = change(stored?.record);
      return (await this.#home.store.put(keyOf(name), next, stored?.version ?? 0))
        ? { written: next }
        : undefined;
    });
    this.forget();
    return changed;
  }

  async remove(name: string): Promise<void> {
    await this.#home.store.remove([keyOf(name)]);
    this.forget();
  }

  forget(): void {
    this.#forgotten += 1;
    this.#cached = undefined;
  }

  async #readNow(name: string): Promise<{ record: QueueRecord; version: number } | undefined> {
    const item = await this.#home.store.get(keyOf(name));
    return item && { record: QueueRecord.parse(item.value), version: item.version };
  }
}

function keyOf(name: string): Key {
  return { partition: PARTITION, sort: name };
}
