import { ReplyQueue } from '../../contract/words.ts';
import type { Context } from '../context.ts';
import type { Event } from '../ports.ts';
import { webhookIn } from './destinations.ts';
import { send } from './outgoing.ts';
import { keepReply } from './reply-queues.ts';

const REPLIES = 'sluice:';

/** Says in one clause why nothing can be told at an address, or nothing when it can. */
export async function addressFault(context: Context, address: string): Promise<string | undefined> {
  const { outbound, destinations } = context;
  if (address.startsWith(REPLIES))
    return ReplyQueue.safeParse(address.slice(REPLIES.length)).error?.issues[0]?.message;
  const webhook = webhookIn(address);
  if (webhook !== undefined)
    return (await destinations.find(address))?.webhook ? undefined : `there is no webhook ${webhook}`;
  return outbound
    ? outbound.faultOf(address)
    : `this server sends to sluice:NAME, a queue of replies, or to webhook:NAME, and not to ${address}`;
}

/** The addresses that are told of every project and task. */
export async function listeners({ outbound, destinations }: Context): Promise<string[]> {
  const webhooks = [...(await destinations.all()).values()].filter(({ webhook }) => webhook?.all);
  return [...(outbound?.listeners ?? []), ...webhooks.map(({ address }) => address)];
}

/** Tells of an event at an address, or sees to it that it is told later. */
export async function tell(context: Context, address: string, event: Event): Promise<void> {
  if (address.startsWith(REPLIES))
    await keepReply(context, { owner: event.owner, name: address.slice(REPLIES.length) }, event);
  else await send(context, address, event);
}
