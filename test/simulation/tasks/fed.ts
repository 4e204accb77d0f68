import { ticketQueuesOf } from '../../../lib/dispatch/tasks/queue-records.ts';
import { runTickets } from '../../../lib/function/run-tickets.ts';
import { Machine } from '../machine.ts';
import type { Received } from '../queues.ts';
import type { TaskSimulation } from './simulation.ts';
import { handlersOn } from './worker.ts';

/** How long a function may run; a message it is given stays hidden for several times that. */
const TIMEOUT_MILLIS = 45_000;
const HIDDEN_TIMES = 6;

interface Message extends Received {
  readonly ticketQueue: string;
}

/** Functions that the service feeds with the tickets of a queue, as SQS does Lambda functions, until all is over. */
export async function feed(simulation: TaskSimulation, queue: string): Promise<void> {
  const { world, plan } = simulation;
  const running = new Set<Promise<void>>();
  for (let n = 1; !simulation.isOver; ) {
    const message = running.size < plan.concurrency ? receive(simulation, queue) : undefined;
    if (message) {
      const run = invoke(simulation, queue, `${queue}.${n}`, message).finally(() => running.delete(run));
      running.add(run);
      n += 1;
    } else await world.pause(1 + world.dice.random());
  }
  await Promise.all(running);
}

function receive({ world }: TaskSimulation, queue: string): Message | undefined {
  const { dice, queues, nowhere } = world;
  const fault = world.strikes(
    nowhere,
    ...(['false-empty', 'two-consumers', 'visibility-lapsed', 'tickets-reordered'] as const),
  );
  if (fault === 'false-empty') return undefined;
  const lapsesAfter = { 'two-consumers': 0, 'visibility-lapsed': dice.between(1, 20) * 1000 };
  const hiddenMillis =
    fault && fault !== 'tickets-reordered' ? lapsesAfter[fault] : TIMEOUT_MILLIS * HIDDEN_TIMES;
  for (const ticketQueue of ticketQueuesOf(queue)) {
    const received = queues.receive(ticketQueue, { hiddenMillis, isShuffled: fault === 'tickets-reordered' });
    if (received) return { ...received, ticketQueue };
  }
  return undefined;
}

/** One function, from its message to its answer, unless it is ended before. */
async function invoke(
  simulation: TaskSimulation,
  queue: string,
  name: string,
  message: Message,
): Promise<void> {
  const { world, plan } = simulation;
  const { receipt, block, generation, ticketQueue } = message;
  const machine = new Machine(simulation, name, { isFragile: true });
  machine.host.clockOffset = world.dice.between(-plan.mostSkewMillis, plan.mostSkewMillis);
  world.scheduler.after(TIMEOUT_MILLIS, world.nowhere, () => machine.host.die());
  const running = runTickets([{ id: receipt, number: block, generation }], {
    ...{ client: machine.client, queue, worker: name, clock: machine.clock },
    ...{ random: world.dice.random, newRequestId: () => world.newId() },
    handlers: handlersOn(simulation, machine),
    remainingMillis: TIMEOUT_MILLIS,
    warn: message => world.history.note(() => `  ${name}: ${message}`),
  });
  const comeAgain = await Promise.race([running, machine.host.death]);
  // What it does not answer for comes again by itself, when it is hidden no longer.
  if (!comeAgain || comeAgain.has(receipt) || world.strikes(world.nowhere, 'delete-lost')) return;
  world.queues.delete(ticketQueue, receipt);
}
