import type { Layout } from '../../../lib/dispatch/home.ts';
import type { JsonObject } from '../../../lib/dispatch/ports.ts';
import { MemoryClock } from './clock.ts';
import { MemoryItems } from './items.ts';
import { MemoryQueues } from './queues.ts';
import { seededRandom } from './random.ts';

export interface WorldOptions {
  readonly seed?: number;
  readonly layout?: Partial<Layout>;
  /** Tickets come in any order, as with SQS, not in the order of their visibility. */
  readonly shuffled?: boolean;
}

const LAYOUT: Layout = {
  name: 'memory',
  signIn: 'say who you are',
  ways: 1024,
  pagesIn: 'store',
  maxSlots: 256,
  maxLeases: 26,
  blockBytes: Number.POSITIVE_INFINITY,
  taskNumbers: 1,
  contentShare: 1,
  ticketRestsFrom: Number.POSITIVE_INFINITY,
  projectCacheMillis: 5_000,
  requestsAtOnce: 3,
  pagesAtOnce: 3,
  retryAfterSeconds: 5,
  waitsPerMinute: Number.POSITIVE_INFINITY,
};

/** All that outlives a process: items, tickets, bytes, the time and the dice. */
export class MemoryWorld {
  readonly clock = new MemoryClock();
  readonly random: () => number;
  readonly layout: Layout;
  readonly items = new MemoryItems();
  readonly queues: MemoryQueues;
  readonly bytes = new Map<string, Uint8Array>();
  /** The events that were sent, in the order in which they came. */
  readonly sent: JsonObject[] = [];
  /** What was POSTed, in the order in which it came. */
  readonly posted: { url: string; headers: Readonly<Record<string, string>>; body: string }[] = [];
  /** Addresses that are told of every project and task. */
  listeners: readonly string[] = [];
  #lastId = 0;

  constructor({ seed = 1, layout = {}, shuffled = false }: WorldOptions = {}) {
    this.random = seededRandom(seed);
    this.layout = { ...LAYOUT, ...layout };
    this.queues = new MemoryQueues(this.clock, count => (shuffled ? Math.floor(this.random() * count) : 0));
  }

  newId(): string {
    this.#lastId += 1;
    return `id${this.#lastId}`;
  }
}
