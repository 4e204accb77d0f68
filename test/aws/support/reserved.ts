import { z } from 'zod';

/** The part of a reserve's answer that tests of functions read. */
export const Reserved = z.object({
  reservations: z.array(z.object({ token: z.string(), replicas: z.array(z.object({ url: z.string() })) })),
});
