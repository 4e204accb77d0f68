import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** A JSON object of any shape. */
export type JsonObject = { [name: string]: z.core.util.JSONType };

/** An object of any JSON, as replies have it: within no limit, for attributes of project and file come together. */
export const JsonObject = z.custom<JsonObject>(isObject, 'a JSON object is expected');

/** Attributes as they are given: kept as they are, never interpreted, and limited in size and depth. */
export const Attributes = z.custom<JsonObject>().superRefine((value, context) => {
  const fault = attributesFault(value);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});
export type Attributes = z.infer<typeof Attributes>;

/** Says in one clause why a value that came as JSON cannot be kept as attributes, or nothing when it can. */
function attributesFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'attributes are a JSON object';
  const fault = partFault(value, 1);
  if (fault) return fault;
  return JSON.stringify(value).length > LIMITS.attributesLength
    ? `attributes are larger than ${LIMITS.attributesLength} characters of JSON`
    : undefined;
}

function partFault(value: unknown, depth: number): string | undefined {
  // JSON may spell a number that no double holds, such as 1e999.
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'attributes have a number that is too large';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > LIMITS.attributesDepth)
    return `attributes are nested more than ${LIMITS.attributesDepth} levels deep`;
  if (Object.hasOwn(value, '__proto__')) return 'attributes cannot have the name __proto__';
  for (const part of Object.values(value)) {
    const fault = partFault(part, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
