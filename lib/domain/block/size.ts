import { type Block, type Lease, type PastLease, triesLength } from './block.ts';
import { encodeRanges } from './codec.ts';

/**
 * How large a block is where it is stored. On AWS a write is paid by the kilobyte, so a block stays within one,
 * whatever happens: what may grow by itself (attempts, waits) has its place kept free, leases are made while there is
 * room beside that, and the settled leases that fit no more are forgotten, the oldest first.
 *
 * Sizes are upper bounds of what DynamoDB counts. Source: "DynamoDB item sizes and formats" in its developer guide.
 */

/** Room for the leases of a block. */
export interface LeaseRoom {
  /** Most leases at once. */
  readonly leases: number;
  /** Bytes they may take together; infinite where a home does not count them. */
  readonly bytes: number;
}

/** Longest worker id and longest id of a request, in ASCII characters. */
export const LONGEST_WORKER = 64;
export const LONGEST_REQUEST_ID = 8;

/** A list or a map; and each of its members. */
const CONTAINER = 3;
const MEMBER = 1;
/** Ten digits: more often no block is written, and no project restarted. */
const COUNTER = numberBytes(9_999_999_999);
/** ms since 1970, until the year 2286. */
const TIME = numberBytes(9_999_999_999_999);
const MOST_WAITS = 10;

/** The item around a block: its keys, its version, and the id of the write that made it. */
const ITEM =
  'partition'.length +
  'p1234567890/blocks/1234'.length +
  ('sort'.length + '63'.length) +
  ('version'.length + COUNTER) +
  ('write'.length + 8) +
  ('value'.length + CONTAINER);

/** The members that are always about as large. */
const MEMBERS =
  memberBytes('generation', COUNTER) +
  memberBytes('wakeAt', numberBytes(Number.MAX_SAFE_INTEGER)) +
  memberBytes('life', COUNTER) +
  memberBytes('restartedAt', COUNTER) +
  memberBytes('restart', COUNTER) +
  memberBytes('timing', CONTAINER + MEMBER + COUNTER + MEMBER + TIME) +
  memberBytes('leases', CONTAINER);

const LONGEST_LEASE =
  leaseBytes({ mark: 'a', worker: '', requestId: '', id: 9_999_999_999, deadline: 0, since: 0 }) +
  LONGEST_WORKER +
  LONGEST_REQUEST_ID;

/** Every block has room for two leases of the longest kind, so that one beside a forgotten worker's goes on. */
const WORKABLE = 2 * LONGEST_LEASE;

/** The room for leases in a block of so many slots whose item, all included, stays within `limits.bytes`. */
export function leaseRoom(limits: LeaseRoom, slots: number, maxAttempts: number | null): LeaseRoom {
  if (limits.bytes === Number.POSITIVE_INFINITY) return limits;
  const tries = triesLength(slots, maxAttempts);
  return { leases: limits.leases, bytes: limits.bytes - bytesBeside(slots, tries, MOST_WAITS) };
}

/** The most slots, up to `most`, of a block that is to stay within `bytes`: fewer where each may be tried often. */
export function slotsThatFit(most: number, bytes: number, maxAttempts: number | null): number {
  let slots = most;
  while (slots > 1 && leaseRoom({ leases: most, bytes }, slots, maxAttempts).bytes < WORKABLE) slots -= 1;
  return slots;
}

/**
 * Whether a block can hold another lease: the longest there may be, so that the answer is the same whoever asks, and
 * a ticket never comes up for a worker that is then refused. One it can always hold: a block that was made where more
 * fits, by another version, costs more but is worked on.
 */
export function hasRoom(held: readonly Lease[], room: LeaseRoom): boolean {
  if (held.length === 0) return true;
  if (held.length >= room.leases) return false;
  if (room.bytes === Number.POSITIVE_INFINITY) return true;
  return sum(held.map(leaseBytes)) + LONGEST_LEASE <= room.bytes;
}

/** The block without the settled leases, the oldest first, that do not fit into an item of `bytes`. */
export function forgetBeyond(block: Block, bytes: number): Block {
  if (bytes === Number.POSITIVE_INFINITY) return block;
  const { slots, tries, waits, leases, past } = block;
  const taken = bytesBeside(slots.length, tries.length, waits.length) + sum(leases.map(leaseBytes));
  let left = bytes - taken - memberBytes('past', CONTAINER);
  let first = past.length;
  for (const one of past.toReversed()) {
    left -= pastBytes(one);
    if (left < 0) break;
    first -= 1;
  }
  return first === 0 ? block : { ...block, past: past.slice(first) };
}

/** All of an item but the block's leases, present and past. */
function bytesBeside(slots: number, tries: number, waits: number): number {
  const varying = [
    memberBytes('slots', slots),
    memberBytes('tries', tries),
    memberBytes('waits', CONTAINER + waits * (MEMBER + TIME)),
  ];
  return ITEM + MEMBERS + sum(varying);
}

function leaseBytes({ mark, id, worker, requestId }: Lease): number {
  const texts = mark.length + worker.length + requestId.length;
  return MEMBER + CONTAINER + 6 * MEMBER + texts + numberBytes(id) + 2 * TIME;
}

function pastBytes({ id, worker, slots }: PastLease): number {
  return MEMBER + CONTAINER + 3 * MEMBER + numberBytes(id) + worker.length + encodeRanges(slots).length;
}

function memberBytes(name: string, value: number): number {
  return MEMBER + name.length + value;
}

/** A whole number takes a byte for every two digits, and one more. */
function numberBytes(number: number): number {
  return Math.ceil(String(number).length / 2) + 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
