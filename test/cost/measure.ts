import { plus, priceOf } from '../../lib/domain/prices.ts';
import type { Bill, Taken } from './meter.ts';
import { runNaive } from './naive.ts';
import type { Place } from './place.ts';
import { loadBill, runProject, workBill } from './sluice.ts';

/** Files of a full block. */
const BLOCK_FILES = 256;
export const FILES_PER_CALL = [1, 10, 100] as const;
export type FilesPerCall = (typeof FILES_PER_CALL)[number];

/** The most that submit, reserve and done may cost, in dollars a million files. */
export const BUDGETS: Readonly<Record<FilesPerCall, number>> = { 1: 1.15, 10: 0.13, 100: 0.03 };

/** Blocks of the projects that are compared; those of loads fill whole objects and batches. */
const LOADED = { few: 64, many: 384 };
const WORKED = { few: 2, many: 6 };
export const NAIVE_FILES = 200;

/** What a process reads and writes now and then, whatever its work: no file's, and more of it on a slow machine. */
const STANDING = /projects|activity|config|counters/;

/**
 * What one more full block takes: the difference between two projects, divided by the blocks that it is made of, so
 * that what is paid once a project or now and then is in no block's bill. A project of n blocks takes n times as much.
 */
function perBlock(few: Bill, many: Bill, blocks: number): Bill {
  const purposes = [...many.keys()].filter(purpose => !STANDING.test(purpose));
  return new Map(
    purposes.map(purpose => {
      const [less, more] = [few.get(purpose) ?? NOTHING, many.get(purpose) ?? NOTHING];
      const usage = plus({}, plus(more.usage, less.usage, -1), 1 / blocks);
      return [purpose, { requests: (more.requests - less.requests) / blocks, usage }];
    }),
  );
}

const NOTHING: Taken = { requests: 0, usage: {} };

export async function loadPerBlock(place: Place): Promise<Bill> {
  const [few, many] = [await loadBill(place, LOADED.few), await loadBill(place, LOADED.many)];
  return perBlock(few, many, LOADED.many - LOADED.few);
}

export async function workPerBlock(place: Place, filesPerCall: FilesPerCall): Promise<Bill> {
  const bills = [workBill(place, WORKED.few, filesPerCall), workBill(place, WORKED.many, filesPerCall)];
  const [few = NO_BILL, many = NO_BILL] = await Promise.all(bills);
  return perBlock(few, many, WORKED.many - WORKED.few);
}

const NO_BILL: Bill = new Map();

/** What a block takes whose every call meets a process that knows nothing. */
export async function coldPerBlock(place: Place, filesPerCall: FilesPerCall): Promise<Bill> {
  return workBill(place, 1, filesPerCall, { isCold: true });
}

/** A whole project of a thousand files, as it is deployed: its blocks are small, so that many can work on it. */
export async function smallProject(place: Place, filesPerCall: FilesPerCall): Promise<number> {
  return dollars(await runProject(place, 1000, filesPerCall)) / 1000;
}

/** What a file takes in the usual design: all alike, so that a few are enough. */
export async function naivePerFile(place: Place, filesPerCall: FilesPerCall): Promise<Bill> {
  return perBlock(NO_BILL, await runNaive(place, NAIVE_FILES, filesPerCall), NAIVE_FILES);
}

export function dollars(bill: Bill): number {
  return [...bill.values()].reduce((sum, { usage }) => sum + priceOf(usage), 0);
}

/** Of a bill that is a block's, dollars a million files. */
export function perMillionFiles(...bills: Bill[]): number {
  return (bills.reduce((sum, bill) => sum + dollars(bill), 0) / BLOCK_FILES) * 1e6;
}
