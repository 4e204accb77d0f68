import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { callUsage, plus, priceOf, type Usage } from '../../lib/domain/prices.ts';
import type { Bill } from './meter.ts';
import type { Place } from './place.ts';
import { meteredSluice } from './sluice.ts';

/** Who runs a task: a worker that polls, or a function that is given its ticket. */
export type RunBy = 'worker' | 'function';

/** Submit, reserve, update and end. */
const CALLS = 4;
/** What Lambda does at the queue for a function that is given tickets one by one: it receives and deletes each. */
const FEEDING: Usage = { sqsRequests: 2 };
/** A ticket can be received a moment after it was sent. */
const SETTLE_MILLIS = 1_000;

const Submitted = z.object({ id: z.string() });
const Polled = z.object({ tasks: z.array(z.object({ token: z.string() })).length(1) });
const Given = z.object({ reservation: z.object({ token: z.string() }) });

/** What the life of one task takes, of a process that has met its queue: submitted, reserved, told of once, ended. */
export async function taskBill(place: Place, by: RunBy): Promise<Bill> {
  const queue = `cost-${by}`;
  const { api, meter } = meteredSluice(place);
  const ask = (verb: string, input: object) => api({ verb, ...input });
  async function reserve(id: string): Promise<string> {
    if (by === 'function') {
      const ticket = { number: Number(id.split('-').at(-1)), generation: 1 };
      return Given.parse(await ask('reserveByTicket', { worker: 'w', queue, ...ticket })).reservation.token;
    }
    await sleep(SETTLE_MILLIS);
    const [held] = Polled.parse(await ask('reserveTasks', { worker: 'w', queues: [queue] })).tasks;
    return held?.token ?? '';
  }
  async function live(): Promise<void> {
    const { id } = Submitted.parse(
      await ask('submitTask', { name: 'promote', queue, args: { cart: 'tomcat' } }),
    );
    const token = await reserve(id);
    await ask('updateTask', { token, progress: { current: 1, total: 2 } });
    await ask('endTask', { token, outcome: 'succeeded', result: { promoted: 'tomcat' } });
  }
  await ask('putQueue', { queue });
  await live();
  meter.bill();
  await live();
  return meter.bill();
}

/** The same in dollars for a million tasks: with its calls, and with what feeds a function; that itself is its owner's. */
export function dollarsPerMillionTasks(bill: Bill, by: RunBy): number {
  const taken = [...bill.values()].reduce<Usage>((sum, { usage }) => plus(sum, usage), {});
  const called = plus(taken, callUsage(0), CALLS);
  return priceOf(by === 'function' ? plus(called, FEEDING) : called) * 1e6;
}
