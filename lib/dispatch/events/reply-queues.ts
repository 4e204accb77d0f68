import * as z from 'zod';
import { TaskEvent } from '../../contract/replies.ts';
import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Call, Context } from '../context.ts';
import type { Event, Item } from '../ports.ts';
import { ProblemError } from '../problem.ts';
import { eventKey, placeOf } from './event-key.ts';

/** A reply that nobody takes is kept for so long, and so is the word that one was taken. */
const KEPT_MILLIS = 14 * 86_400_000;
/** A queue is noted again once a day while replies come. */
const NOTED_MILLIS = 86_400_000;
const PAGE = 100;

/** Queues are their owners' own: a name means another queue to each. */
interface ReplyQueue {
  readonly owner: string;
  readonly name: string;
}

const Noted = z.object({ owner: z.string(), name: z.string(), at: z.number() });
const NOTED = 'reply-queues';

/** Keeps a reply until it is taken. One that was kept before, or has been taken already, is not kept again. */
export async function keepReply(context: Context, queue: ReplyQueue, event: Event): Promise<void> {
  const { store, tickets } = context;
  if (await store.get(eventKey(takenFrom(queue), event))) return;
  await noteQueue(context, queue);
  const uselessAt = event.at + KEPT_MILLIS;
  await store.put(eventKey(repliesIn(queue), event), event.message, 0, { uselessAt });
  tickets.bell?.ring(bellOf(queue));
}

/** Notes which queues there are, for the sweep to look at. */
async function noteQueue({ store, clock, replyQueues }: Context, queue: ReplyQueue): Promise<void> {
  const name = bellOf(queue);
  const now = clock.now();
  if (now - (replyQueues.get(name) ?? Number.NEGATIVE_INFINITY) < NOTED_MILLIS) return;
  const key = { partition: NOTED, sort: name };
  const known = await store.get(key);
  // A lost race is as good: somebody else noted the same.
  await store.put(key, { ...queue, at: now }, known?.version ?? 0);
  replyQueues.set(name, now);
}

/** The replies that wait in a queue, the oldest first; waits for one as long as is asked and the home allows. */
export async function listReplies(
  context: Context,
  call: Call,
  { replies: name, owner, limit, waitSeconds }: RouteRequest<'listReplies'>,
): Promise<RouteReply<'listReplies'>> {
  const { clock } = context;
  const { bell } = context.tickets;
  const queue = queueOf(call, name, owner);
  const until = clock.now() + waitSeconds * 1000;
  for (;;) {
    const left = until - clock.now();
    const looked = new AbortController();
    // From before the look, so that nothing that comes meanwhile is missed.
    const rung = bell?.wait(
      [bellOf(queue)],
      Math.max(0, left),
      AbortSignal.any([looked.signal, ...(call.signal ? [call.signal] : [])]),
    );
    const items = await waiting(context, queue, { limit });
    if (items.length > 0 || !rung || left <= 0 || call.signal?.aborted) {
      looked.abort();
      return { replies: items.map(({ value }) => TaskEvent.parse(value)) };
    }
    await rung;
  }
}

/**
 * Takes replies off their queue. That one was taken is kept first, so that it does not come back when it is delivered
 * once more.
 */
export async function ackReplies(
  context: Context,
  call: Call,
  { replies: name, owner, ids }: RouteRequest<'ackReplies'>,
): Promise<RouteReply<'ackReplies'>> {
  const queue = queueOf(call, name, owner);
  const wanted = new Set(ids);
  const acknowledged: string[] = [];
  for (let after: string | undefined; wanted.size > 0; ) {
    const items = await waiting(context, queue, { limit: PAGE, ...(after !== undefined && { after }) });
    const taken = items.filter(({ value }) => wanted.delete(TaskEvent.parse(value).id));
    const uselessAt = context.clock.now() + KEPT_MILLIS;
    for (const { key, value } of taken) {
      await context.store.put({ ...key, partition: takenFrom(queue) }, {}, 0, { uselessAt });
      acknowledged.push(TaskEvent.parse(value).id);
    }
    if (taken.length > 0) await context.store.remove(taken.map(({ key }) => key));
    after = items.at(-1)?.key.sort;
    if (items.length < PAGE) break;
  }
  return { acknowledged };
}

function queueOf({ caller }: Call, name: string, owner = caller.user): ReplyQueue {
  if (owner !== caller.user && !caller.admin)
    throw new ProblemError('forbidden', `only an admin may read replies to ${owner}`);
  return { owner, name };
}

function waiting(
  { store, clock }: Context,
  queue: ReplyQueue,
  { after = placeOf(clock.now() - KEPT_MILLIS), limit }: { after?: string; limit: number },
): Promise<readonly Item[]> {
  return store.list(repliesIn(queue), { after, limit });
}

/** Forgets what was kept long enough, once an hour. */
export async function sweepReplies(context: Context): Promise<void> {
  const { store, clock, replyQueues } = context;
  const minute = Math.floor(clock.now() / 60_000);
  if (minute % 60 !== 0) return;
  const before = clock.now() - KEPT_MILLIS;
  for (let after = ''; ; ) {
    const items = await store.list(NOTED, { ...(after && { after }), limit: PAGE });
    for (const { key, value } of items) {
      after = key.sort;
      const { at, ...queue } = Noted.parse(value);
      for (const partition of [repliesIn(queue), takenFrom(queue)]) await prune(context, partition, before);
      if (at >= before - NOTED_MILLIS) continue;
      replyQueues.delete(key.sort);
      await store.remove([key]);
    }
    if (items.length < PAGE) return;
  }
}

/** Removes what is older; events stand in the order of their times. */
async function prune({ store }: Context, partition: string, before: number): Promise<void> {
  for (;;) {
    const items = await store.list(partition, { limit: PAGE });
    const old = items.filter(({ key }) => key.sort < placeOf(before));
    if (old.length > 0) await store.remove(old.map(({ key }) => key));
    if (old.length < PAGE) return;
  }
}

function repliesIn(queue: ReplyQueue): string {
  return `replies/${bellOf(queue)}`;
}

/** Replies that were taken. */
function takenFrom(queue: ReplyQueue): string {
  return `replies-taken/${bellOf(queue)}`;
}

function bellOf({ owner, name }: ReplyQueue): string {
  return `${owner}/${name}`;
}
