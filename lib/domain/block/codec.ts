import { type Block, type Lease, newBlock, type PastLease } from './block.ts';

/**
 * A block as it is stored: flat, short, and readable in a database console. Members at their defaults are left out.
 * Leases are `[mark, id, worker, deadline, since, requestId]`, past leases `[id, worker, "0-9,12"]`.
 */
export type StoredBlock = {
  slots: string;
  generation: number;
  wakeAt?: number;
  tries?: string;
  waits?: number[];
  leases?: StoredLease[];
  past?: StoredPast[];
  life?: number;
  restartedAt?: number;
  restart?: number;
  timing?: [files: number, millis: number];
};
type StoredLease = [
  mark: string,
  id: number,
  worker: string,
  deadline: number | null,
  since: number,
  requestId: string,
];
type StoredPast = [id: number, worker: string, slots: string];

/** What is stored of a block; its version is the store's. */
export function encodeBlock(block: Block): StoredBlock {
  const stored: StoredBlock = { slots: block.slots, generation: block.generation };
  if (block.wakeAt !== 0) stored.wakeAt = block.wakeAt;
  if (block.tries !== '') stored.tries = block.tries;
  if (block.waits.length > 0) stored.waits = [...block.waits];
  if (block.leases.length > 0) stored.leases = block.leases.map(encodeLease);
  if (block.past.length > 0) stored.past = block.past.map(encodePast);
  if (block.life !== 0) stored.life = block.life;
  if (block.restartedAt !== 0) stored.restartedAt = block.restartedAt;
  if (block.restart !== 0) stored.restart = block.restart;
  if (block.timing.files > 0) stored.timing = [block.timing.files, block.timing.millis];
  return stored;
}

export function decodeBlock(stored: StoredBlock, version: number): Block {
  const timing = stored.timing ?? [0, 0];
  return {
    ...newBlock(0),
    slots: stored.slots,
    generation: stored.generation,
    wakeAt: stored.wakeAt ?? 0,
    tries: stored.tries ?? '',
    waits: stored.waits ?? [],
    leases: (stored.leases ?? []).map(decodeLease),
    past: (stored.past ?? []).map(decodePast),
    life: stored.life ?? 0,
    restartedAt: stored.restartedAt ?? 0,
    restart: stored.restart ?? 0,
    timing: { files: timing[0], millis: timing[1] },
    version,
  };
}

function encodeLease({ mark, id, worker, deadline, since, requestId }: Lease): StoredLease {
  return [mark, id, worker, deadline, since, requestId];
}

function decodeLease([mark, id, worker, deadline, since, requestId]: StoredLease): Lease {
  return { mark, id, worker, deadline, since, requestId };
}

/** Most past leases of a block were there when it was written last, and are kept in their stored form. */
const encodedPasts = new WeakMap<PastLease, StoredPast>();

function encodePast(past: PastLease): StoredPast {
  const known = encodedPasts.get(past);
  if (known) return known;
  const encoded: StoredPast = [past.id, past.worker, encodeRanges(past.slots)];
  encodedPasts.set(past, encoded);
  return encoded;
}

function decodePast([id, worker, ranges]: StoredPast): PastLease {
  return { id, worker, slots: decodeRanges(ranges) };
}

/** Ascending numbers as `0-9,12`. */
export function encodeRanges(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let first = 0; first < numbers.length; ) {
    let last = first;
    while (numbers[last + 1] === (numbers[last] ?? 0) + 1) last += 1;
    ranges.push(last === first ? `${numbers[first]}` : `${numbers[first]}-${numbers[last]}`);
    first = last + 1;
  }
  return ranges.join(',');
}

export function decodeRanges(text: string): number[] {
  const numbers: number[] = [];
  for (const range of text === '' ? [] : text.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let number = first; number <= last; number += 1) numbers.push(number);
  }
  return numbers;
}
