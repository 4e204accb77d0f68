import * as z from 'zod';
import { backoffMillis } from '../../domain/policy.ts';
import type { Context } from '../context.ts';
import { type Event, type Item, PortUnavailable } from '../ports.ts';
import { newDestination, webhookIn } from './destinations.ts';
import { eventKey } from './event-key.ts';
import { postWebhook } from './post-webhook.ts';

/** An event that waits to be told at an address. */
const Waiting = z.object({
  event: z.custom<Event>(),
  /** Since when it waits. */
  since: z.number(),
  tries: z.int(),
  /** Not to be tried again before. */
  nextAt: z.number(),
});
type Waiting = z.infer<typeof Waiting>;

const BACKOFF = { retryBackoffSeconds: 30, retryBackoffMaxSeconds: 3600 };
/** An event that could not be told for so long is dropped. */
const GIVE_UP_MILLIS = 86_400_000;
/** Addresses that cannot be reached are not tried with all that waits, in each sweep. */
const MOST_FAILURES = 3;
/** Events that one sweep looks at for one address, and how long that may take. */
const MOST_EVENTS = 1000;
const MOST_MILLIS = 30_000;
const PAGE = 100;

/**
 * Tells of an event at an address outside of Sluice. Where that cannot be done, or others wait there already, it waits
 * too: the sweep tries again and again, for a day.
 */
export async function send(context: Context, address: string, event: Event): Promise<void> {
  const before = await context.store.list(boxOf(address), { limit: 1 });
  const failure = before.length > 0 ? undefined : await failureOf(context, address, event);
  if (before.length === 0 && !failure) return;
  if (failure) context.warn(`${event.type} of ${event.subject} waits for ${address}`, failure);
  const now = context.clock.now();
  const waiting: Waiting = {
    event,
    since: now,
    ...(failure ? laterThan(now, 1) : { tries: 0, nextAt: now }),
  };
  await context.store.put(eventKey(boxOf(address), event), waiting, 0);
  await noteWaiting(context, address, failure);
}

/** Why an event could not be told now; nothing when it was, or never can be. */
async function failureOf(
  context: Context,
  address: string,
  event: Event,
): Promise<PortUnavailable | undefined> {
  try {
    if (webhookIn(address) === undefined) await context.outbound?.send(address, event);
    else {
      const { webhook } = (await context.destinations.find(address)) ?? {};
      if (webhook) await postWebhook(context, webhook, event);
    }
    return undefined;
  } catch (error) {
    if (error instanceof PortUnavailable) return error;
    throw error;
  }
}

function laterThan(now: number, tries: number): Pick<Waiting, 'tries' | 'nextAt'> {
  return { tries, nextAt: now + backoffMillis(BACKOFF, tries) };
}

/** Notes for the sweep that something waits. */
async function noteWaiting(context: Context, address: string, failure: Error | undefined): Promise<void> {
  const at = context.clock.now();
  await context.destinations.change(address, (record = newDestination(address)) =>
    record.isWaiting && !failure
      ? undefined
      : { ...record, isWaiting: true, ...(failure && { failure: { at, message: failure.message } }) },
  );
}

/** Tells what waits, at all addresses at once: those that do not answer hold up no others. */
export async function sweepOutgoing(context: Context): Promise<void> {
  context.destinations.forget();
  const waiting = [...(await context.destinations.all()).values()].filter(({ isWaiting }) => isWaiting);
  await Promise.all(
    waiting.map(({ address }) =>
      sweepAddress(context, address).catch(error =>
        context.warn(`the sweep of what waits for ${address} failed`, error),
      ),
    ),
  );
}

async function sweepAddress(context: Context, address: string): Promise<void> {
  const { failure, dropped } = await tellWaiting(context, address);
  if (failure || dropped > 0) {
    const at = context.clock.now();
    await context.destinations.change(address, (record = newDestination(address)) => ({
      ...record,
      ...(failure && { failure: { at, message: failure.message } }),
      dropped: record.dropped + dropped,
    }));
  }
  if (await isEmpty(context, address)) await forgetWaiting(context, address);
}

/** Tells what waits at an address, the oldest first; what cannot be told holds back only what befell the same after it. */
async function tellWaiting(
  context: Context,
  address: string,
): Promise<{ failure: Error | undefined; dropped: number }> {
  const held = new Set<string>();
  let [failures, dropped, seen] = [0, 0, 0];
  let failure: Error | undefined;
  const begunAt = context.clock.now();
  for await (const { key, value, version } of waitingAt(context, address)) {
    const { event, since, tries, nextAt } = Waiting.parse(value);
    seen += 1;
    const now = context.clock.now();
    if (failures >= MOST_FAILURES || seen > MOST_EVENTS || now - begunAt > MOST_MILLIS) break;
    if (held.has(event.subject)) continue;
    const failed = nextAt <= now ? await failureOf(context, address, event) : undefined;
    if (nextAt <= now && !failed) await context.store.remove([key]);
    else if (failed && now - since >= GIVE_UP_MILLIS) {
      context.warn(`${event.type} of ${event.subject} was never told at ${address}`, failed);
      await context.store.remove([key]);
      dropped += 1;
    } else {
      held.add(event.subject);
      if (failed) await context.store.put(key, { event, since, ...laterThan(now, tries + 1) }, version);
    }
    if (failed) [failure, failures] = [failed, failures + 1];
  }
  return { failure, dropped };
}

/** Nothing waits; should something come meanwhile, it is noted again. */
async function forgetWaiting(context: Context, address: string): Promise<void> {
  if (webhookIn(address) === undefined) await context.destinations.remove(address);
  else await context.destinations.change(address, record => record && { ...record, isWaiting: false });
  if (!(await isEmpty(context, address))) await noteWaiting(context, address, undefined);
}

async function* waitingAt({ store }: Context, address: string): AsyncGenerator<Item> {
  for (let after: string | undefined; ; ) {
    const items: readonly Item[] = await store.list(boxOf(address), {
      ...(after !== undefined && { after }),
      limit: PAGE,
    });
    yield* items;
    after = items.at(-1)?.key.sort;
    if (items.length < PAGE) return;
  }
}

async function isEmpty({ store }: Context, address: string): Promise<boolean> {
  return (await store.list(boxOf(address), { limit: 1 })).length === 0;
}

/** Where what waits for an address is kept. */
export function boxOf(address: string): string {
  return `outgoing/${address}`;
}
