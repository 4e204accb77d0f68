import { z } from 'zod';

const Home = z.object({
  addresses: z.record(z.string(), z.string()),
  functions: z.record(z.string(), z.string()).default({}),
  also: z.array(z.string()),
  queuePrefix: z.string().default(''),
  /** What is left to chance is made from it. */
  seed: z.int().default(1),
});

/** The home that `npm run e2e` has opened. */
export const home = Home.parse(JSON.parse(process.env.SLUICE_E2E ?? '{ "addresses": {}, "also": [] }'));
