import { z } from 'zod';
import type { Home } from './home.ts';
import { PortUnavailable } from './ports.ts';

const Seen = z.object({ at: z.number(), starvedAt: z.number() });
const NEVER_SEEN = { at: 0, starvedAt: 0 };

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
    const last = this.#written.get(project) ?? NEVER_SEEN;
    const due = now - last.at >= THROTTLE_MILLIS || (starved && now - last.starvedAt >= THROTTLE_MILLIS);
    if (!due) return;
    this.#written.set(project, { at: now, starvedAt: starved ? now : last.starvedAt });
    try {
      await this.#write(project, now, starved);
    } catch (error) {
      // The caller has files by now, or has reported some: that must not fail for want of a note.
      this.#written.delete(project);
      if (!(error instanceof PortUnavailable)) throw error;
    }
  }

  async #write(project: number, now: number, starved: boolean): Promise<void> {
    const key = activityKey(project);
    const item = await this.#home.store.get(key);
    const known = item ? Seen.parse(item.value) : NEVER_SEEN;
    const next = { at: Math.max(now, known.at), starvedAt: starved ? now : known.starvedAt };
    // A lost race is as good as a write: somebody else noted the same, or will soon.
    await this.#home.store.put(key, next, item?.version ?? 0);
  }

  async read(project: number): Promise<{ at: number; starvedAt: number }> {
    const item = await this.#home.store.get(activityKey(project));
    return item ? Seen.parse(item.value) : NEVER_SEEN;
  }
}

export function activityKey(project: number) {
  return { partition: `p${project}/activity`, sort: 'worker' };
}
