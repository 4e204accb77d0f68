import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../dispatch/ports.ts';

export const systemClock: Clock = {
  now: Date.now,
  async sleep(millis, signal) {
    // An aborted sleep is simply over.
    await sleep(millis, undefined, { ...(signal && { signal }) }).catch(() => {});
  },
};
