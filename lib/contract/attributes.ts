import * as z from 'zod';
import { type JsonObject, jsonFault } from './json.ts';
import { LIMITS } from './limits.ts';

/** Attributes as they are given: kept as they are, never interpreted, and limited in size and depth. */
export const Attributes = z.custom<JsonObject>().superRefine((value, context) => {
  const fault = jsonFault('attributes', value);
  if (fault) context.addIssue({ code: 'custom', message: fault });
  else if (JSON.stringify(value).length > LIMITS.attributesLength)
    context.addIssue({
      code: 'custom',
      message: `attributes are larger than ${LIMITS.attributesLength} characters of JSON`,
    });
});
export type Attributes = z.infer<typeof Attributes>;
