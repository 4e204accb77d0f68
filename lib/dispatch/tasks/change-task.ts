import type { TaskPlace } from '../../domain/task/id.ts';
import { isTerminal, nextWake, type Task, type TaskLease } from '../../domain/task/task.ts';
import { NEVER, ticketFor } from '../../domain/ticket.ts';
import { untilWritten } from '../conflicts.ts';
import type { Context } from '../context.ts';
import { unlessUnavailable } from '../unless-unavailable.ts';
import { deliver } from './outbound.ts';
import { freePlace } from './places.ts';
import { ticketQueueOf } from './queue-records.ts';
import { nameOf, readTask, writeTask } from './task-items.ts';
import { tokenOf } from './task-views.ts';

/** A decision about a task: what it becomes (absent = nothing changes), and what to tell the caller. */
interface TaskDecision<T> {
  readonly task?: Task | undefined;
  readonly outcome: T;
}

/**
 * Changes a task that no ticket was received for: one decision, one conditional write. `decide` is given no task where
 * there is none.
 */
export function changeTask<T>(
  context: Context,
  place: TaskPlace,
  decide: (task: Task | undefined, now: number) => TaskDecision<T>,
): Promise<T> {
  return untilWritten(context, nameOf(place), async () => {
    const task = await readTask(context, place);
    const decision = decide(task, context.clock.now());
    const settled = !decision.task || !task || (await commitTask(context, task, decision.task));
    return settled ? { written: decision.outcome } : undefined;
  });
}

/**
 * Sends the ticket that a changed task needs to be looked at again at `wakeAt`, and writes it; then brings its events on
 * their way. False: another write came first.
 */
export async function commitTask(
  context: Context,
  before: Task,
  after: Task,
  wakeAt = nextWake(after),
): Promise<boolean> {
  const { item, move } = ticketFor(withoutUsedTicket(before, after), wakeAt);
  if (move.kind === 'send')
    await context.tickets.send(ticketQueueOf(item.queue, item.spec.priority), [
      { block: item.number, generation: move.generation, visibleAt: move.visibleAt },
    ]);
  return writeChange(context, before, item);
}

/** What a lease used up its ticket for is over: no ticket of the task is left. */
function withoutUsedTicket({ lease }: Task, after: Task): Task {
  return lease?.usesUpTicket && lease.id !== after.lease?.id ? { ...after, wakeAt: NEVER } : after;
}

/** Writes a changed task whose ticket is seen to, and does what follows from the change. */
export async function writeChange(context: Context, before: Task, after: Task): Promise<boolean> {
  if (!(await writeTask(context, after))) return false;
  const ended = before.lease?.id === after.lease?.id ? undefined : before.lease;
  if (ended) await endLease(context, before, ended, after);
  await deliver(context, { ...after, version: after.version + 1 });
  return true;
}

/** Gives back the place of a lease that ended, and deletes its ticket unless the next attempt comes by that. */
async function endLease(context: Context, before: Task, lease: TaskLease, after: Task): Promise<void> {
  const what = `the place of ${nameOf(before)} was not given back`;
  await unlessUnavailable(context, what, freePlace(context, before, lease.id));
  const kept = context.receipts.of(tokenOf(before, lease));
  if (!kept || (!isTerminal(after.state) && kept.generation === after.generation)) return;
  const { ticketQueue, receipt } = kept;
  await unlessUnavailable(context, 'a ticket was not deleted', context.tickets.delete(ticketQueue, receipt));
}
