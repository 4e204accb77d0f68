import type { Bell, Clock } from '../dispatch/ports.ts';

interface Waiter {
  readonly queues: readonly string[];
  readonly wake: () => void;
}

/** A bell for one process. `earliest` says when the next ticket of some queues becomes visible (Infinity = none). */
export function processBell(clock: Clock, earliest: (queues: readonly string[]) => number): Bell {
  const waiters = new Set<Waiter>();
  return {
    async wait(queues, millis, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter = { queues, wake: resolve };
      const over = new AbortController();
      waiters.add(waiter);
      const due = Math.max(0, Math.min(millis, earliest(queues) - clock.now()));
      const ended = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      await Promise.race([promise, clock.sleep(due, ended)]);
      over.abort();
      waiters.delete(waiter);
    },
    ring(queue) {
      for (const waiter of waiters) if (waiter.queues.includes(queue)) waiter.wake();
    },
  };
}
