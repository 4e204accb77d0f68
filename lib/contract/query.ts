import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** A whole number in a query, where everything is text. */
export const queryInt = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value: number | string) =>
      typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value,
    schema,
  );

/** The same, with a fraction. */
export const queryNumber = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (value: number | string) =>
      typeof value === 'string' && /^\d{1,16}(\.\d{1,6})?$/.test(value) ? Number(value) : value,
    schema,
  );

export const PageLimit = queryInt(z.int().positive().max(LIMITS.page))
  .default(100)
  .describe('Most entries of a page');
