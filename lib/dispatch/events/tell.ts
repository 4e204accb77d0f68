import { ReplyQueue } from '../../contract/words.ts';
import type { Context } from '../context.ts';
import type { Event } from './event.ts';
import { keepReply } from './reply-queues.ts';

const REPLIES = 'sluice:';

/** Says in one clause why nothing can be told at an address, or nothing when it can. */
export function addressFault({ outbound }: Context, address: string): string | undefined {
  if (address.startsWith(REPLIES))
    return ReplyQueue.safeParse(address.slice(REPLIES.length)).error?.issues[0]?.message;
  return outbound
    ? outbound.faultOf(address)
    : `this server sends to sluice:NAME, a queue of replies, and not to ${address}`;
}

/** Tells of an event at an address. Resolves when it is kept there. */
export async function tell(context: Context, address: string, event: Event): Promise<void> {
  if (address.startsWith(REPLIES))
    await keepReply(context, { owner: event.owner, name: address.slice(REPLIES.length) }, event);
  else await context.outbound?.send(address, event.message);
}
