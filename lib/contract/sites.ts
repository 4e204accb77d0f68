import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { Site } from './words.ts';

/** How near sites are to the locations of replicas. Smaller is nearer; `never` = such copies are not given out there. */
const Proximity = z.union([z.number().nonnegative(), z.literal('never')]);
const SiteOrAll = z.union([Site, z.literal('*')]);

export const Sites = z.strictObject({
  /** For pairs that are not in the table. */
  default: Proximity.default(100),
  /** site (or `*` for all) → location → proximity. */
  proximity: z
    .record(SiteOrAll, z.record(Site, Proximity))
    .refine(table => Object.keys(table).length <= LIMITS.sites, `at most ${LIMITS.sites} sites`)
    .default({}),
  /** Locations that are down. */
  unavailable: z.array(Site).max(LIMITS.sites).default([]),
});
export type Sites = z.infer<typeof Sites>;
