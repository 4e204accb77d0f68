import type { Reservation } from '../contract/work.ts';
import { type Block, isClosed, type Lease } from '../domain/block/block.ts';
import { type ExpiredSlot, expire } from '../domain/block/expire.ts';
import { type ReserveCommand, type Reserved, reserve } from '../domain/block/reserve.ts';
import { nextWake } from '../domain/block/wake.ts';
import { parseToken } from '../domain/token.ts';
import { queueOfBlock, readBlock, roomIn, writeBlock } from './blocks.ts';
import { commitBlock } from './change-block.ts';
import { recordClosed } from './close.ts';
import { untilWritten } from './conflicts.ts';
import type { Context } from './context.ts';
import { recordExpired } from './failures.ts';
import { PortUnavailable, type ReceivedTicket } from './ports.ts';
import { leaseMillisOf, type ProjectRecord, queueOf } from './project-record.ts';
import { takenBefore } from './repeated.ts';
import { type BlockFiles, filesOfBlock, reservationsOf } from './reservations.ts';
import { mayTry } from './trial.ts';
import { unlessUnavailable } from './unless-unavailable.ts';

/** Tickets looked at for one call, however little they bring. */
const MAX_LOOKS = 32;
/** A ticket of a generation that is not there yet is looked at again this often. */
const MAX_EARLY = 5;
const EARLY_MILLIS = 2_000;
/** A block whose ready files this worker cannot use is left to others, and itself, for this long. */
const UNUSABLE_MILLIS = 2_000;

/** What a worker asks for. */
export interface Wanted {
  readonly worker: string;
  readonly requestId: string;
  readonly repeated?: boolean | undefined;
  readonly count: number;
  readonly site?: string | undefined;
  readonly lanes?: readonly string[] | undefined;
  readonly secondsLeft?: number | undefined;
}

/**
 * Reserves up to `count` files, those that the request has `already` included, by the tickets of the project's lanes
 * in the worker's order. A lane that brings nothing leaves looks for the next one. What was reserved is handed
 * over also when a further look fails. `dryLanes`: those that had no ticket, or none any more.
 */
export async function takeByTickets(
  context: Context,
  project: ProjectRecord,
  wanted: Wanted,
  already: readonly Reservation[] = [],
): Promise<{ reservations: Reservation[]; dryLanes: string[] }> {
  // The ticket of a block that this request has a lease on brings the same files once more.
  const taken = new Map(already.map(reservation => [reservation.token, reservation]));
  for (const reservation of await takenBefore(context, project, wanted))
    taken.set(reservation.token, reservation);
  if (taken.size > already.length) return { reservations: [...taken.values()], dryLanes: [] };
  const lanes = lanesFor(project, wanted);
  const maxVain = Math.max(1, Math.floor(MAX_LOOKS / lanes.length));
  const dryLanes: string[] = [];
  let looks = 0;
  try {
    for (const lane of lanes) {
      const queue = queueOf(project, lane);
      for (let vain = 0; taken.size < wanted.count && looks < MAX_LOOKS && vain < maxVain; looks += 1) {
        const ticket = await context.crowd.receive(queue);
        if (!ticket) {
          dryLanes.push(lane);
          break;
        }
        const rest = await restOf(context, project, wanted, [...taken.values()]);
        const found = await takeFromTicket(context, project, queue, ticket, rest);
        if (found.length === 0) vain += 1;
        for (const reservation of found) taken.set(reservation.token, reservation);
        if (isContent(context, wanted, found.length)) return { reservations: [...taken.values()], dryLanes };
      }
    }
  } catch (error) {
    if (taken.size === 0 || !(error instanceof PortUnavailable)) throw error;
    context.warn(`a look for more files of project ${project.id} failed`, error);
  }
  return { reservations: [...taken.values()], dryLanes };
}

/** Whether so many files of one block are enough for now. */
export function isContent({ layout }: Context, { count }: Wanted, found: number): boolean {
  return found === count || found > count * layout.contentShare;
}

/** What is left of a wish once some files were given for it: fewer, and less time for them. */
export async function restOf(
  context: Context,
  project: ProjectRecord,
  wanted: Wanted,
  given: readonly Reservation[],
): Promise<Wanted> {
  const rest = { ...wanted, count: wanted.count - given.length };
  if (wanted.secondsLeft === undefined) return rest;
  const learnt = context.durations.meanSeconds(project.id) ?? 0;
  let seconds = wanted.secondsLeft;
  for (const { token } of given) {
    const place = parseToken(token);
    const page = place && (await context.catalogue.read(project, place.block));
    seconds -= page?.file(place?.slot ?? 0)?.durationSeconds ?? learnt;
  }
  return { ...rest, secondsLeft: Math.max(0, seconds) };
}

export function lanesFor(project: ProjectRecord, { lanes }: Pick<Wanted, 'lanes'>): string[] {
  const known = project.lanes.map(({ lane }) => lane);
  return lanes ? lanes.filter(lane => known.includes(lane)) : known;
}

/** The part of a worker's wish that a block decides on; `learnt`: what a file takes that does not say so itself. */
function commandFor(
  context: Context,
  project: ProjectRecord,
  files: BlockFiles,
  wanted: Wanted,
  learnt = context.durations.meanSeconds(project.id),
): ReserveCommand {
  const { worker, requestId, count, secondsLeft } = wanted;
  return {
    worker,
    requestId,
    count,
    leaseMillis: leaseMillisOf(project),
    usable: files.usable,
    room: roomIn(context, project),
    ...(secondsLeft !== undefined && {
      wallTime: {
        seconds: secondsLeft,
        of: (slot: number) => files.file(slot)?.file.durationSeconds ?? learnt,
      },
    }),
  };
}

/** What was decided on a block, and the leases beside which none is given on trial. */
interface Decided {
  readonly reserved: Reserved;
  readonly held: readonly Lease[];
}

/** Decides on a block; where it has nothing for the worker but by a trial, for one file whatever was learnt. */
export async function decideOrTry<D extends Decided>(
  context: Context,
  project: ProjectRecord,
  number: number,
  { files, wanted }: { files: BlockFiles; wanted: Wanted },
  decide: (command: ReserveCommand) => D,
): Promise<D> {
  const usual = decide(commandFor(context, project, files, wanted));
  if (usual.reserved.kind !== 'unusable' || !project.trial) return usual;
  const tried = decide(commandFor(context, project, files, { ...wanted, count: 1 }, 0));
  const mayBe = tried.reserved.kind === 'leased' && usual.held.length === 0;
  return mayBe && (await mayTry(context, project, number)) ? tried : usual;
}

function takeFromTicket(
  context: Context,
  project: ProjectRecord,
  queue: string,
  ticket: ReceivedTicket,
  wanted: Wanted,
): Promise<Reservation[]> {
  return untilWritten(context, `block ${ticket.block} of project ${project.id}`, async () => {
    const block = await readBlock(context, project, ticket.block);
    if (!block) return discard(context, queue, ticket);
    if (ticket.generation > block.generation) return lookAgain(context, queue, ticket);
    if (isClosed(block)) {
      await recordClosed(context, project, ticket.block, block);
      return discard(context, queue, ticket);
    }
    context.durations.observe(project.id, ticket.block, block);
    const files = await filesOfBlock(context, project, ticket.block, wanted.site);
    const now = context.clock.now();
    const decided = await decideOrTry(context, project, ticket.block, { files, wanted }, command => {
      const { outcome: reserved, ...rest } = reserve(block, command, project, now);
      return { ...rest, reserved, held: block.leases };
    });
    await recordExpired(context, project, ticket.block, decided.failed);
    const { reserved } = decided;
    if (!(await settleTicket(context, project, queue, ticket, block, decided, wanted.count)))
      return undefined;
    if (reserved.kind !== 'leased') return NOTHING;
    context.requests.note(project.id, ticket.block, reserved.lease);
    return { written: reservationsOf(context, project, files, reserved.lease, reserved.slots) };
  });
}

const NOTHING = { written: [] };
/** It comes up again by itself. */
const NOT_MOVED = 'a ticket was not put back';

async function discard(
  context: Context,
  queue: string,
  ticket: ReceivedTicket,
): Promise<{ written: never[] }> {
  await unlessUnavailable(context, NOT_MOVED, context.tickets.delete(queue, ticket.receipt));
  return NOTHING;
}

async function putBack(
  context: Context,
  queue: string,
  ticket: ReceivedTicket,
  until: number,
): Promise<{ written: never[] }> {
  await unlessUnavailable(context, NOT_MOVED, context.tickets.hide(queue, ticket.receipt, until));
  return NOTHING;
}

/** The block's write may still be on its way; a ticket whose block never comes is given up. */
async function lookAgain(
  context: Context,
  queue: string,
  ticket: ReceivedTicket,
): Promise<{ written: never[] }> {
  if (ticket.receives > MAX_EARLY) return discard(context, queue, ticket);
  return putBack(context, queue, ticket, context.clock.now() + EARLY_MILLIS);
}

/**
 * Writes what was decided and puts the ticket where the block next needs it. Files that are still ready though the
 * worker wanted more are none for it. False: another write came first.
 */
async function settleTicket(
  context: Context,
  project: ProjectRecord,
  queue: string,
  ticket: ReceivedTicket,
  before: Block,
  { block, reserved, failed }: { block: Block; reserved: Reserved; failed: readonly ExpiredSlot[] },
  wanted: number,
): Promise<boolean> {
  const took = reserved.kind === 'leased' ? reserved.slots.length : 0;
  const changed = reserved.kind === 'leased' || block.slots !== before.slots;
  if (ticket.generation < before.generation) {
    if (changed && !(await commitBlock(context, project, ticket.block, block))) return false;
    await discard(context, queue, ticket);
    return true;
  }
  const wakeAt = nextWake(block, roomIn(context, project));
  if (changed || wakeAt !== before.wakeAt)
    if (!(await writeBlock(context, project.id, ticket.block, { ...block, wakeAt }))) return false;
  if (failed.length > 0 && isClosed(block)) {
    await recordClosed(context, project, ticket.block, block);
    await discard(context, queue, ticket);
  } else {
    if (wakeAt === 0 && took >= context.layout.ticketRestsFrom) return true;
    const isShunned = took < wanted && wakeAt === 0;
    await putBack(context, queue, ticket, isShunned ? context.clock.now() + UNUSABLE_MILLIS : wakeAt);
  }
  return true;
}

/** Ends the overdue leases of a block that nobody asks about. */
export async function expireBlock(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
): Promise<void> {
  const expired = expire(block, project, context.clock.now());
  if (!expired) return;
  await recordExpired(context, project, number, expired.failed);
  await commitBlock(context, project, number, expired.block);
}

/** Sends a fresh ticket for a block whose own was lost. */
export async function reissueTicket(
  context: Context,
  project: ProjectRecord,
  number: number,
  block: Block,
): Promise<void> {
  const generation = block.generation + 1;
  await context.tickets.send(queueOfBlock(project, number), [{ block: number, generation, visibleAt: 0 }]);
  await writeBlock(context, project.id, number, {
    ...block,
    generation,
    wakeAt: 0,
    version: block.version + 1,
  });
}
