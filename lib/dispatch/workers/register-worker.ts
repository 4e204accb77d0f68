import type { RouteReply, RouteRequest } from '../../contract/routes.ts';
import type { Call, Context } from '../context.ts';
import { queueToWork } from '../tasks/task-access.ts';
import { putWorker } from './worker-records.ts';

const AGAIN_SECONDS = 60;

/** Notes what a worker says of itself, and that it was heard of. */
export async function registerWorker(
  context: Context,
  call: Call,
  specs: RouteRequest<'registerWorker'>,
): Promise<RouteReply<'registerWorker'>> {
  for (const queue of specs.queues) await queueToWork(context, call, queue);
  await putWorker(context, { ...specs, user: call.caller.user, seenAt: context.clock.now() });
  return { againAfterSeconds: AGAIN_SECONDS };
}
