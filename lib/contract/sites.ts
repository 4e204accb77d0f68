import * as z from 'zod';
import { LIMITS } from './limits.ts';
import { Site } from './words.ts';

/** How near a site is to the location of a replica. Smaller is nearer; `never` = such copies are not given out there. */
const Proximity = z.union([z.number().nonnegative(), z.literal('never')], {
  error: 'a proximity is a number, 0 or more, or "never"',
});
const SiteOrAll = z.union([Site, z.literal('*')]);

export const Sites = z
  .strictObject({
    default: Proximity.default(100).describe('For pairs that are not in the table'),
    proximity: z
      .record(SiteOrAll, z.record(Site, Proximity))
      .refine(
        table => Object.keys(table).length <= LIMITS.sites,
        `the table has more than ${LIMITS.sites} sites`,
      )
      .default({})
      .describe('Site (or `*` for all), then location: how near they are'),
    unavailable: z.array(Site).max(LIMITS.sites).default([]).describe('Locations that are down'),
  })
  .describe(
    'How near sites are to the locations of replicas. Smaller is nearer; `never`: not given out there',
  );
export type Sites = z.infer<typeof Sites>;
