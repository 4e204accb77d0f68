/**
 * A block: the state of up to 256 consecutive files, the unit of storage and of compare-and-set.
 *
 * `slots` holds one character a file, so that a block can be read at a glance in any database console:
 *
 *     ....aaab0DDDFX
 *
 *     .      ready
 *     0-9    ready, but not before `waits[digit]` (its retry backoff)
 *     a-z    reserved by the lease with that mark (further letters where a home allows more leases)
 *     D      done
 *     F      failed: a worker said so
 *     X      failed: its lease ran out and no attempt was left
 *
 * The lease's mark stands in the slot itself, so "reserved" and "by whom" are one fact and cannot disagree.
 */
export interface Block {
  readonly slots: string;
  /** Attempts of each slot that ended without settling it, as `encodeTries` packs them; '' = none. */
  readonly tries: string;
  /** Not-before times (ms since 1970) of the slots marked 0-9; 0 where the digit is free. */
  readonly waits: readonly number[];
  readonly leases: readonly Lease[];
  /** The leases settled last, oldest first: what lets a repeated report get its first answer again. */
  readonly past: readonly PastLease[];
  /** Counts the writes of this block; the store's compare-and-set is on it. */
  readonly version: number;
  /** The generation of the block's current ticket. */
  readonly generation: number;
  /** Until when the current ticket is hidden, ms since 1970; 0 = visible. */
  readonly wakeAt: number;
  /** The life its closing is recorded under; reopening a closed block begins the next one. */
  readonly life: number;
  /** Tokens of leases made up to this version were void at the last restart. */
  readonly restartedAt: number;
  /** The number, in its project, of the last restart that went over this block; 0 = none did. */
  readonly restart: number;
  /** Files done here and the milliseconds they took, to learn how long a file takes. */
  readonly timing: Timing;
}

/** A worker's hold on the slots that bear its mark. */
export interface Lease {
  readonly mark: string;
  /** The version of the block that made the lease: unique in the block and growing. */
  readonly id: number;
  readonly worker: string;
  /** ms since 1970, or null: held until reported. */
  readonly deadline: number | null;
  /** When it was made or last reported on, ms since 1970. */
  readonly since: number;
  /** The request that made it, so that its repetition finds it. */
  readonly requestId: string;
}

export interface PastLease {
  readonly id: number;
  readonly worker: string;
  /** The slots it settled or gave back. */
  readonly slots: readonly number[];
}

interface Timing {
  readonly files: number;
  readonly millis: number;
}

export const READY = '.';
export const DONE = 'D';
export const FAILED = 'F';
export const EXPIRED = 'X';

/** Most slots a block may have. */
export const MAX_SLOTS = 256;
/** Settled leases a block remembers. */
export const MAX_PAST = 16;
const WAITS = 10;

export function newBlock(slots: number): Block {
  return {
    slots: READY.repeat(slots),
    tries: '',
    waits: [],
    leases: [],
    past: [],
    version: 0,
    generation: 1,
    wakeAt: 0,
    life: 0,
    restartedAt: 0,
    restart: 0,
    timing: { files: 0, millis: 0 },
  };
}

/** What a slot is to its users; a slot that waits for its backoff is ready. */
export type SlotState = 'ready' | 'reserved' | 'done' | 'failed';

export function slotState(mark: string): SlotState {
  if (mark === READY || isWait(mark)) return 'ready';
  if (mark === DONE) return 'done';
  return mark === FAILED || mark === EXPIRED ? 'failed' : 'reserved';
}

export function isWait(mark: string): boolean {
  return mark >= '0' && mark <= '9';
}

export function isTerminal(mark: string): boolean {
  return mark === DONE || mark === FAILED || mark === EXPIRED;
}

/** A closed block has nothing left to do: every slot is done or failed. */
export function isClosed(block: Pick<Block, 'slots'>): boolean {
  for (const mark of block.slots) if (!isTerminal(mark)) return false;
  return true;
}

export function hasFailures(block: Pick<Block, 'slots'>): boolean {
  return block.slots.includes(FAILED) || block.slots.includes(EXPIRED);
}

export type Counts = Record<SlotState, number>;

export function countSlots(block: Pick<Block, 'slots'>): Counts {
  const counts: Counts = { ready: 0, reserved: 0, done: 0, failed: 0 };
  for (const mark of block.slots) counts[slotState(mark)] += 1;
  return counts;
}

/** The nth mark a lease can have: a-z, then letters from U+0100 on for homes that allow more leases. */
export function leaseMark(n: number): string {
  return String.fromCharCode(n < 26 ? 97 + n : 0x100 + n - 26);
}

/** The marks of a block's slots, as stored or opened for changing. */
type Marks = { readonly slots: ArrayLike<string> };

/** The lease that holds a slot. */
export function leaseOf(block: Marks & Pick<Block, 'leases'>, slot: number): Lease | undefined {
  const mark = block.slots[slot];
  return block.leases.find(lease => lease.mark === mark);
}

/** The attempt a slot is in, was settled by, or (when ready) had last; 0 when it was never tried. */
export function attemptsOf(block: Pick<Block, 'slots' | 'tries'>, slot: number): number {
  const ended = triesOf(block, slot);
  const mark = block.slots[slot] ?? READY;
  return slotState(mark) === 'ready' || mark === EXPIRED ? ended : ended + 1;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';

/** Three digits hold no more; nobody tries a file that often, so counting stops there. */
const MAX_TRIES = 62 ** 3 - 1;

/** Smaller blocks have room enough, and are easier to read. */
const PACKED_FROM = 64;

/** Ways to put few attempts of neighbouring slots into digits of base 64, for blocks where every byte counts. */
const PACKINGS = [
  { most: 3, bits: 2, slots: 3, digits: 1 },
  { most: 7, bits: 3, slots: 2, digits: 1 },
  { most: 15, bits: 4, slots: 3, digits: 2 },
] as const;
type Packing = (typeof PACKINGS)[number];

/** Attempts of a slot that ended without settling it. */
export function triesOf({ slots, tries }: Pick<Block, 'slots' | 'tries'>, slot: number): number {
  if (tries === '') return 0;
  const packing = PACKINGS.find(one => tries.length === packedLength(one, slots.length));
  if (packing && slots.length >= PACKED_FROM) {
    const first = Math.floor(slot / packing.slots) * packing.digits;
    const packed = numberAt(tries, first, packing.digits, 64);
    return (packed >> (packing.bits * (slot % packing.slots))) & packing.most;
  }
  const width = tries.length / slots.length;
  return numberAt(tries, slot * width, width, 62);
}

export function encodeTries(tries: readonly number[]): string {
  const most = Math.max(...tries);
  if (most === 0) return '';
  const packing = packingFor(tries.length, most);
  if (packing) return packTries(tries, packing);
  const width = widthFor(most);
  return tries.map(count => digitsOf(Math.min(count, MAX_TRIES), width, 62)).join('');
}

/** The characters that the attempts of a block's slots take when each may end `most` times; null = unlimited. */
export function triesLength(slots: number, most: number | null): number {
  const packing = packingFor(slots, most ?? MAX_TRIES);
  return packing ? packedLength(packing, slots) : slots * widthFor(most ?? MAX_TRIES);
}

function packingFor(slots: number, most: number): Packing | undefined {
  return slots < PACKED_FROM ? undefined : PACKINGS.find(packing => most <= packing.most);
}

function packedLength({ slots, digits }: Packing, count: number): number {
  return Math.ceil(count / slots) * digits;
}

function packTries(tries: readonly number[], { bits, slots, digits }: Packing): string {
  let text = '';
  for (let first = 0; first < tries.length; first += slots) {
    let packed = 0;
    for (let n = 0; n < slots; n += 1) packed |= (tries[first + n] ?? 0) << (bits * n);
    text += digitsOf(packed, digits, 64);
  }
  return text;
}

function widthFor(most: number): number {
  return most < 62 ? 1 : most < 62 ** 2 ? 2 : 3;
}

function digitsOf(number: number, width: number, base: number): string {
  let text = '';
  for (let place = base ** (width - 1); place >= 1; place /= base)
    text += DIGITS[Math.floor(number / place) % base];
  return text;
}

function numberAt(text: string, first: number, width: number, base: number): number {
  let number = 0;
  for (let digit = first; digit < first + width; digit += 1)
    number = number * base + DIGITS.indexOf(text[digit] ?? '0');
  return number;
}

/**
 * A digit for a slot that may not be reserved before `notBefore`.
 * A block tells at most ten times apart; beyond that a slot waits a little longer, never shorter.
 */
export function waitDigit(waits: number[], notBefore: number): string {
  const same = waits.indexOf(notBefore);
  if (same >= 0) return String(same);
  const free = waits.indexOf(0);
  if (free >= 0 || waits.length < WAITS) {
    const digit = free >= 0 ? free : waits.length;
    waits[digit] = notBefore;
    return String(digit);
  }
  const later = waits.filter(time => time >= notBefore);
  const latest = waits.indexOf(Math.max(...waits));
  if (later.length > 0) return String(waits.indexOf(Math.min(...later)));
  waits[latest] = notBefore;
  return String(latest);
}
