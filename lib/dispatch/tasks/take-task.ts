import { cancel, expire } from '../../domain/task/end.ts';
import { parseTaskId } from '../../domain/task/id.ts';
import { type ReserveCommand, reserve } from '../../domain/task/lease.ts';
import { isCancelled, isTerminal, nextWake, type Task } from '../../domain/task/task.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import type { ReceivedTicket } from '../ports.ts';
import { unlessUnavailable } from '../unless-unavailable.ts';
import { commitTask, writeChange } from './change-task.ts';
import type { QueueRecord } from './queue-records.ts';
import { takePlace } from './take-place.ts';
import { nameOf, readTask } from './task-items.ts';
import { tokenOf } from './task-views.ts';

/** A ticket whose task, or whose generation, is not there yet is looked at again this often. */
const MAX_EARLY = 5;
const EARLY_MILLIS = 2_000;
/** A task that this worker does not run is left to others, and itself, for this long. */
const UNUSABLE_MILLIS = 2_000;

/** What a worker asks for, of one queue. */
export interface WantedTask extends ReserveCommand {
  readonly names?: readonly string[] | undefined;
}

/** What a ticket brought: a task that is the worker's now, nothing, or word that the queue has no place left. */
export type Taken = { readonly kind: 'leased'; readonly task: Task } | { readonly kind: 'nothing' | 'full' };

/** Decides on the task that a ticket names, and puts the ticket where that next needs it. */
export function takeByTicket(
  context: Context,
  queue: QueueRecord,
  ticketQueue: string,
  ticket: ReceivedTicket,
  wanted: WantedTask,
): Promise<Taken> {
  const place = { queue: queue.name, number: ticket.block };
  return untilWritten(context, nameOf(place), async () => {
    const before = await readTask(context, place);
    if (!before || ticket.generation > before.generation) {
      await lookAgain(context, ticketQueue, ticket);
      return { written: { kind: 'nothing' } };
    }
    const { after, taken, unusable } = await decide(context, queue, before, wanted);
    if (!(await settleTicket(context, ticketQueue, ticket, before, after, unusable))) return undefined;
    if (taken.kind === 'leased') remember(context, ticketQueue, ticket, taken.task);
    return { written: taken };
  });
}

interface Decided {
  /** The task as it was read, where nothing changes. */
  readonly after: Task;
  readonly taken: Taken;
  /** It is ready, but not for this worker. */
  readonly unusable: boolean;
}

const NOTHING: Taken = { kind: 'nothing' };

/** Decides what becomes of a task that a worker was told of; a place is taken for a lease that is made. */
export async function decide(
  context: Context,
  queue: QueueRecord,
  task: Task,
  wanted: WantedTask,
): Promise<Decided> {
  const now = context.clock.now();
  const overdue = expire(task, now) ?? task;
  const freed = (await withoutParent(context, overdue, now)) ?? overdue;
  const isWanted = wanted.names?.includes(task.spec.name) ?? true;
  if (!isWanted && freed.state === 'queued') return { after: freed, taken: NOTHING, unusable: true };
  const { task: leased, outcome } = reserve(freed, wanted, now);
  if (outcome === 'repeated')
    return { after: freed, taken: { kind: 'leased', task: leased }, unusable: false };
  if (outcome !== 'leased') return { after: freed, taken: NOTHING, unusable: false };
  if (!(await takePlace(context, queue, leased)))
    return { after: freed, taken: { kind: 'full' }, unusable: false };
  return { after: leased, taken: { kind: 'leased', task: leased }, unusable: false };
}

/** A task that is not begun is cancelled at the latest here, when the one it is a part of was. */
async function withoutParent(context: Context, task: Task, now: number): Promise<Task | undefined> {
  const place = parseTaskId(task.spec.parent ?? '');
  if (!place || task.state !== 'queued') return undefined;
  const parent = await readTask(context, place);
  if (!parent || !isCancelled(parent.state)) return undefined;
  const cancelled = cancel(task, 'parent_cancelled', now);
  return cancelled.kind === 'cancelled' ? cancelled.task : undefined;
}

/** Writes what was decided and puts the ticket back, or deletes it. False: another write came first. */
async function settleTicket(
  context: Context,
  ticketQueue: string,
  ticket: ReceivedTicket,
  before: Task,
  after: Task,
  unusable: boolean,
): Promise<boolean> {
  if (ticket.generation < before.generation) {
    if (after !== before && !(await commitTask(context, before, after))) return false;
    await discard(context, ticketQueue, ticket);
    return true;
  }
  const wakeAt = nextWake(after);
  if (after !== before || wakeAt !== before.wakeAt)
    if (!(await writeChange(context, before, { ...after, wakeAt }))) return false;
  if (isTerminal(after.state)) await discard(context, ticketQueue, ticket);
  else await putBack(context, ticketQueue, ticket, unusable ? context.clock.now() + UNUSABLE_MILLIS : wakeAt);
  return true;
}

/** So that the repetition of the request finds the task, and its end finds the ticket. */
function remember(context: Context, ticketQueue: string, ticket: ReceivedTicket, task: Task): void {
  const { lease, generation } = task;
  if (!lease) return;
  context.requests.note(`t-${task.queue}`, task.number, lease);
  if (ticket.generation === generation)
    context.receipts.keep(tokenOf(task, lease), { ticketQueue, receipt: ticket.receipt, generation });
}

async function lookAgain(context: Context, ticketQueue: string, ticket: ReceivedTicket): Promise<void> {
  if (ticket.receives > MAX_EARLY) await discard(context, ticketQueue, ticket);
  else await putBack(context, ticketQueue, ticket, context.clock.now() + EARLY_MILLIS);
}

const NOT_MOVED = 'a ticket was not put back';

function discard(context: Context, ticketQueue: string, { receipt }: ReceivedTicket): Promise<void> {
  return unlessUnavailable(context, NOT_MOVED, context.tickets.delete(ticketQueue, receipt));
}

function putBack(
  context: Context,
  ticketQueue: string,
  { receipt }: ReceivedTicket,
  until: number,
): Promise<void> {
  return unlessUnavailable(context, NOT_MOVED, context.tickets.hide(ticketQueue, receipt, until));
}
