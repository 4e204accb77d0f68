import type { Bell, Clock } from '../dispatch/ports.ts';

interface Waiter {
  readonly queues: readonly string[];
  /** When it stops waiting, ms since 1970. */
  readonly until: number;
  readonly wake: () => void;
}

export interface ProcessBell extends Bell {
  /** Wakes those who would wait beyond this time, when a ticket of the queue becomes visible; ms since 1970. */
  due(queue: string, at: number): void;
}

/** A bell for one process. `earliest` says when the next ticket of some queues becomes visible (Infinity = none). */
export function processBell(clock: Clock, earliest: (queues: readonly string[]) => number): ProcessBell {
  const waiters = new Set<Waiter>();
  const due = (queue: string, at: number) => {
    for (const waiter of waiters) if (at < waiter.until && waiter.queues.includes(queue)) waiter.wake();
  };
  return {
    async wait(queues, millis, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const now = clock.now();
      const until = Math.min(now + millis, earliest(queues));
      const waiter = { queues, until, wake: resolve };
      const over = new AbortController();
      waiters.add(waiter);
      const ended = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      await Promise.race([promise, clock.sleep(Math.max(0, until - now), ended)]);
      over.abort();
      waiters.delete(waiter);
    },
    due,
    ring: queue => due(queue, Number.NEGATIVE_INFINITY),
  };
}
