import * as z from 'zod';
import type { Home } from './home.ts';
import { PortUnavailable } from './ports.ts';

/** A project's number, or a queue's name before which `t-` stands; the lanes of a queue are its priorities. */
type Scope = number | `t-${string}`;

/**
 * When a project or a queue was last asked about by a worker; and, by lane, when one that found nothing met no ticket
 * there.
 */
const Seen = z.object({ at: z.number(), dryAt: z.record(z.string(), z.number()) });
type Seen = z.infer<typeof Seen>;
const NEVER: Seen = { at: 0, dryAt: {} };

/** Not more than one write in this time, a project and process. */
const THROTTLE_MILLIS = 30_000;

/**
 * What workers met lately. Written rarely: it decides only when a project counts as abandoned, and in which lanes
 * the sweep looks for lost tickets.
 */
export class Activity {
  readonly #home: Pick<Home, 'store' | 'clock'>;
  readonly #written = new Map<Scope, Seen>();

  constructor(home: Pick<Home, 'store' | 'clock'>) {
    this.#home = home;
  }

  /** Notes that a worker came, and the lanes without a ticket that it was left empty-handed by. */
  async note(scope: Scope, dryLanes: readonly string[] = []): Promise<void> {
    const now = this.#home.clock.now();
    const last = this.#written.get(scope) ?? NEVER;
    const times = [last.at, ...dryLanes.map(lane => last.dryAt[lane] ?? 0)];
    if (times.every(at => now - at < THROTTLE_MILLIS)) return;
    this.#written.set(scope, noted(last, now, dryLanes));
    try {
      await this.#write(scope, now, dryLanes);
    } catch (error) {
      // The caller has files by now, or has reported some: that must not fail for want of a note.
      this.#written.delete(scope);
      if (!(error instanceof PortUnavailable)) throw error;
    }
  }

  async #write(scope: Scope, now: number, dryLanes: readonly string[]): Promise<void> {
    const key = activityKey(scope);
    const item = await this.#home.store.get(key);
    const known = item ? Seen.parse(item.value) : NEVER;
    // A lost race is as good as a write: somebody else noted the same, or will soon.
    await this.#home.store.put(key, noted(known, now, dryLanes), item?.version ?? 0);
  }

  forget(scope: Scope): void {
    this.#written.delete(scope);
  }

  async read(scope: Scope): Promise<Seen> {
    const item = await this.#home.store.get(activityKey(scope));
    return item ? Seen.parse(item.value) : NEVER;
  }
}

function noted({ at, dryAt }: Seen, now: number, dryLanes: readonly string[]): Seen {
  const dryNow = Object.fromEntries(dryLanes.map(lane => [lane, now]));
  return { at: Math.max(at, now), dryAt: { ...dryAt, ...dryNow } };
}

export function activityKey(scope: Scope) {
  const name = typeof scope === 'number' ? `p${scope}` : scope;
  return { partition: `${name}/activity`, sort: 'worker' };
}
