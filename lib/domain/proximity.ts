/**
 * How near a worker's site is to the places where copies are: smaller is nearer, `never` = out of reach.
 *
 * An entry for the pair wins; then an entry of the site `*` for that location; then 0 for the site itself;
 * then `default`.
 */
export interface SiteTable {
  readonly default: number | 'never';
  readonly proximity: Readonly<Record<string, Readonly<Record<string, number | 'never'>>>>;
  /** Locations that are down: their replicas cannot be used now. */
  readonly unavailable: readonly string[];
}

export const NO_SITES: SiteTable = { default: 100, proximity: {}, unavailable: [] };

/** How near `location` is to `site`; a replica without a location is near everybody. */
export function proximityOf(
  table: SiteTable,
  site: string | undefined,
  location: string | undefined,
): number | 'never' {
  if (location === undefined) return 0;
  const pair = (from: string) => entry(entry(table.proximity, from), location);
  const own = site === undefined ? undefined : pair(site);
  return own ?? pair('*') ?? (site === location ? 0 : table.default);
}

/** An own entry only: a site may be called `constructor`. */
function entry<T>(entries: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return entries && Object.hasOwn(entries, name) ? entries[name] : undefined;
}

interface Placed {
  readonly site?: string | undefined;
  readonly available?: boolean | undefined;
}

/** The replicas a worker at `site` can use, nearest first, in the given order among equals. */
export function usableReplicas<R extends Placed>(
  table: SiteTable,
  site: string | undefined,
  replicas: readonly R[],
): { replica: R; proximity: number }[] {
  const usable: { replica: R; proximity: number }[] = [];
  for (const replica of replicas) {
    if (replica.available === false) continue;
    if (replica.site !== undefined && table.unavailable.includes(replica.site)) continue;
    const proximity = proximityOf(table, site, replica.site);
    if (proximity !== 'never') usable.push({ replica, proximity });
  }
  return usable.sort((a, b) => a.proximity - b.proximity);
}
