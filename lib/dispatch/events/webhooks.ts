import { LIMITS } from '../../contract/limits.ts';
import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Webhook } from '../../contract/webhooks.ts';
import type { Call, Context } from '../context.ts';
import { emptyPartition } from '../empty-partition.ts';
import { ProblemError } from '../problem.ts';
import { refuseUnlessAdmin } from '../tasks/task-access.ts';
import { addressOf, type Destination, newDestination, webhookIn } from './destinations.ts';
import { boxOf } from './outgoing.ts';
import { newSecret } from './post-webhook.ts';

/** Lists the webhooks, without their secrets; for admins. */
export async function listWebhooks(context: Context, call: Call): Promise<RouteReply<'listWebhooks'>> {
  refuseUnlessAdmin(call, 'look at webhooks');
  return { webhooks: [...(await context.destinations.all()).values()].flatMap(viewWebhook) };
}

/** Makes a webhook, and answers with its secret; or changes one, whose secret stays. For admins. */
export async function putWebhook(
  context: Context,
  call: Call,
  { webhook: name, url, all }: RouteRequest<'putWebhook'>,
): Promise<RouteReply<'putWebhook'>> {
  refuseUnlessAdmin(call, 'make or change a webhook');
  const { posting } = context;
  const fault = posting ? posting.faultOf(url) : 'this server has no webhooks';
  if (fault) throw new ProblemError('invalid_request', `url: ${fault}`);
  const address = addressOf(name);
  const isNew = !(await context.destinations.find(address))?.webhook;
  if (isNew && (await context.destinations.all()).size >= LIMITS.destinations)
    throw new ProblemError('wrong_state', `there are ${LIMITS.destinations} webhooks: no more can be made`);
  const made = { secret: newSecret(), createdAt: context.clock.now() };
  const changed = await context.destinations.change(address, (record = newDestination(address)) => {
    const { secret, createdAt } = record.webhook ?? made;
    return { ...record, webhook: { url, all, secret, createdAt } };
  });
  const [shown] = changed ? viewWebhook(changed) : [];
  if (!shown) throw new Error(`webhook ${name} was made, and there is none`);
  // Should two make it at once, only one has made the secret.
  return { ...shown, ...(changed?.webhook?.secret === made.secret && { secret: made.secret }) };
}

/** Deletes a webhook, and what waits for it; for admins. */
export async function deleteWebhook(
  context: Context,
  call: Call,
  { webhook: name }: RouteRequest<'deleteWebhook'>,
): Promise<RouteReply<'deleteWebhook'>> {
  refuseUnlessAdmin(call, 'delete a webhook');
  const address = addressOf(name);
  if (!(await context.destinations.find(address)))
    throw new ProblemError('webhook_unknown', `there is no webhook ${name}`);
  await context.destinations.remove(address);
  await emptyPartition(context, boxOf(address));
  return { deleted: name };
}

function viewWebhook({ address, webhook, ...state }: Destination): Webhook[] {
  const name = webhookIn(address);
  if (!webhook || name === undefined) return [];
  const { url, all, createdAt } = webhook;
  return [{ name, url, all, createdAt, ...state }];
}
