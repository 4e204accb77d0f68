import { z } from 'zod';
import type { Home } from './home.ts';

const Seen = z.object({ at: z.number(), starvedAt: z.number() });

/** Not more than one write in this time, a project and process. */
const THROTTLE_MILLIS = 30_000;

/**
 * When a project was last asked about by a worker, and when a worker last found no ticket. Written rarely: it
 * decides only when a project counts as abandoned, and whether the sweep looks for lost tickets.
 */
export class Activity {
  readonly #home: Pick<Home, 'store' | 'clock'>;
  readonly #written = new Map<number, { at: number; starvedAt: number }>();

  constructor(home: Pick<Home, 'store' | 'clock'>) {
    this.#home = home;
  }

  async note(project: number, { starved }: { starved: boolean }): Promise<void> {
    const now = this.#home.clock.now();
    const last = this.#written.get(project) ?? { at: 0, starvedAt: 0 };
    const due = now - last.at >= THROTTLE_MILLIS || (starved && now - last.starvedAt >= THROTTLE_MILLIS);
    if (!due) return;
    const next = { at: now, starvedAt: starved ? now : last.starvedAt };
    this.#written.set(project, next);
    const key = activityKey(project);
    const item = await this.#home.store.get(key);
    // A lost race is as good as a write: somebody else noted the same.
    await this.#home.store.put(key, next, item?.version ?? 0);
  }

  async read(project: number): Promise<{ at: number; starvedAt: number }> {
    const item = await this.#home.store.get(activityKey(project));
    return item ? Seen.parse(item.value) : { at: 0, starvedAt: 0 };
  }
}

export function activityKey(project: number) {
  return { partition: `p${project}/activity`, sort: 'worker' };
}
