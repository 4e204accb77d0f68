import * as z from 'zod';
import { LIMITS } from './limits.ts';

/** A JSON object of any shape. */
export type JsonObject = { [name: string]: z.core.util.JSONType };

/** An object of any JSON, as replies have it: within no limit, for what was given in parts comes together there. */
export const JsonObject = z.custom<JsonObject>(isObject, 'a JSON object is expected');

/** A JSON object as it is given, of at most so many bytes; `what` names such things, in the plural. */
export function jsonWithin(what: string, bytes: number) {
  return z.custom<JsonObject>().superRefine((value, context) => {
    const fault = jsonFault(what, value) ?? sizeFault(what, value, bytes);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });
}

function sizeFault(what: string, value: unknown, most: number): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  return bytes > most ? `${what} have at most ${most} bytes of JSON; these have ${bytes}` : undefined;
}

/** Says in one clause why a value that came as JSON cannot be kept as an object, or nothing when it can. */
export function jsonFault(what: string, value: unknown): string | undefined {
  return isObject(value) ? partFault(what, value, 1) : `${what} are a JSON object`;
}

function partFault(what: string, value: unknown, depth: number): string | undefined {
  // JSON may spell a number that no double holds, such as 1e999.
  if (typeof value === 'number' && !Number.isFinite(value)) return `${what} have a number that is too large`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > LIMITS.attributesDepth)
    return `${what} are nested more than ${LIMITS.attributesDepth} levels deep`;
  if (Object.hasOwn(value, '__proto__')) return `${what} cannot have the name __proto__`;
  for (const part of Object.values(value)) {
    const fault = partFault(what, part, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
