import { createHash } from 'node:crypto';

/** SQS allows letters, digits, - and _, and no more than this. */
const MAX_LENGTH = 80;
const HASH_LENGTH = 22;

const ESCAPES: Readonly<Record<string, string>> = { _: '__', '.': '_d', '@': '_a', '+': '_p' };

/**
 * The name in SQS of a queue: the prefix, then the queue's name with `_` as `__`, `.` as `_d`, `@` as `_a` and `+` as
 * `_p`. Of a name that would be too long the end is a hash instead, behind `_h`, which no other name has.
 */
export function queueNameOf(prefix: string, queue: string): string {
  const name = prefix + queue.replace(/[^A-Za-z0-9-]/g, escapeOf);
  if (name.length <= MAX_LENGTH) return name;
  const hash = createHash('sha256').update(queue).digest('hex').slice(0, HASH_LENGTH);
  // Not in the middle of an escape, or its rest would be read as another one.
  const kept = name.slice(0, MAX_LENGTH - HASH_LENGTH - 2).replace(/_+$/, '');
  return `${kept}_h${hash}`;
}

function escapeOf(character: string): string {
  const escaped = ESCAPES[character];
  if (escaped === undefined) throw new Error(`"${character}" cannot stand in the name of a queue`);
  return escaped;
}
