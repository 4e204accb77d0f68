import { callUsage, plus, priceOf, type Usage } from './prices.ts';

/** How a project is cut into blocks on AWS: workable in so many ways at once, each block at most so large. */
export const AWS_BLOCKS = { ways: 1024, slots: 256, bytes: 1024 } as const;

/** Blocks whose names are one object, and whose tickets are one request; files whose index is one object. */
const NAMED_AT_ONCE = 32;
const SENT_AT_ONCE = 10;
const INDEXED_AT_ONCE = 16_384;
/** Who takes so many files, and leaves some, does not put the ticket back. */
const TICKET_RESTS_FROM = 32;

/** Work on blocks, by what they tell of it. */
export interface Work {
  /** Blocks that were begun, those that are closed, and the writes of all. */
  readonly begun: number;
  readonly closed: number;
  readonly writes: number;
}

export interface Plan {
  readonly files: number;
  /** Files of a block. */
  readonly blockFiles: number;
  /** Files that a worker reports and reserves by a call. */
  readonly filesPerCall: number;
}

/** What a project will cost in dollars, loaded and done, when nothing fails and processes remember what they read. */
export function expectedCost(plan: Plan): number {
  const { files, blockFiles, filesPerCall } = plan;
  if (files === 0) return 0;
  const blocks = Math.ceil(files / blockFiles);
  const leases = Math.ceil(blockFiles / filesPerCall);
  const calls = leases > 1 ? blocks * leases : Math.ceil(files / filesPerCall);
  const work = { begun: blocks, closed: blocks, writes: blocks * (leases + 1) };
  const isLeft = filesPerCall >= TICKET_RESTS_FROM && leases > 1;
  return priceOf(plus(loadUsage(plan), usageOf(work, isLeft ? 0 : blocks, calls, files / calls)));
}

/**
 * What a project has cost so far in dollars, about. The writes of its blocks are counted; reads, calls, tickets and
 * closings are reckoned from them, as for workers who report and reserve by one call.
 */
export function costSoFar(plan: Omit<Plan, 'filesPerCall'>, work: Work, filesDone: number): number {
  const calls = Math.max(0, work.writes - work.closed);
  const filesPerCall = calls > 0 ? filesDone / calls : 0;
  return priceOf(plus(loadUsage(plan), usageOf(work, work.begun, calls, filesPerCall)));
}

function loadUsage({ files, blockFiles }: Omit<Plan, 'filesPerCall'>): Usage {
  const blocks = Math.ceil(files / blockFiles);
  return {
    s3Writes: Math.ceil(blocks / NAMED_AT_ONCE) + Math.ceil(files / INDEXED_AT_ONCE),
    sqsRequests: Math.ceil(blocks / SENT_AT_ONCE),
  };
}

/** A write of a block comes with a read; a closed one is recorded, and its ticket comes up once more. */
function usageOf(
  { begun, closed, writes }: Work,
  putBack: number,
  calls: number,
  filesPerCall: number,
): Usage {
  const work = {
    writeUnits: writes + closed,
    readUnits: writes + 3 * closed,
    sqsRequests: begun + putBack + 2 * closed,
  };
  return plus(work, callUsage(filesPerCall), calls);
}
