import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonObject } from '../dispatch/ports.ts';

type Json = JsonObject[string];

/** DynamoDB takes 32 levels, of which the item itself is one. */
const MAX_DEPTH = 31;
/** DynamoDB keeps numbers from 1e-130 to 9.99e125, of either sign. */
const MAX_NUMBER = 1e125;
const MIN_NUMBER = 1e-129;

/** A document as a native map of DynamoDB, or nothing when it is too deep or has a number that DynamoDB cannot keep. */
export function toAttributes(value: JsonObject): AttributeValue | undefined {
  return fits(value, MAX_DEPTH) ? attributeOf(value) : undefined;
}

/** The document of a native map. */
export function fromAttributes(map: Record<string, AttributeValue>): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, jsonOf(value)]));
}

function fits(value: Json, depth: number): boolean {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    return size === 0 || (size >= MIN_NUMBER && size <= MAX_NUMBER);
  }
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every(member => fits(member, depth - 1));
}

function attributeOf(value: Exclude<Json, undefined>): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(attributeOf) };
  const members: [string, AttributeValue][] = [];
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) members.push([name, attributeOf(member)]);
  return { M: Object.fromEntries(members) };
}

function jsonOf(value: AttributeValue): Exclude<Json, undefined> {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.L !== undefined) return value.L.map(jsonOf);
  if (value.M !== undefined) return fromAttributes(value.M);
  throw new Error('the table holds an attribute that is no JSON');
}
