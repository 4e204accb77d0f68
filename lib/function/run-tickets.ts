import type { Client } from '../client/index.ts';
import type { ReservedTask } from '../contract/tasks.ts';
import type { TaskWorkerEvent } from '../worker/tasks/events.ts';
import { type TaskWorkerClient, type TaskWorkerOptions, taskSettingsOf } from '../worker/tasks/options.ts';
import { createShift } from '../worker/tasks/shift.ts';
import type { ComeAgain, TicketRecord } from './ticket-records.ts';

/** What a function needs of the client. */
export type FunctionClient = TaskWorkerClient & Pick<Client, 'reserveByTicket'>;

export interface RunTicketsOptions
  extends Pick<
    TaskWorkerOptions,
    'worker' | 'handlers' | 'defaultHandler' | 'log' | 'redact' | 'clock' | 'random' | 'newRequestId'
  > {
  readonly client: FunctionClient;
  readonly queue: string;
  /** Until the function is ended from outside, ms. */
  readonly remainingMillis: number;
  /** Says on the function's log what went wrong. */
  readonly warn: (message: string) => void;
}

/** The time that is left at the end, to let handlers end and to tell of it: at most this, and this share of all. */
const SPARE_MILLIS = 15_000;
const SPARE_SHARE = 0.25;

/** What a ticket names may be on its way: it is asked for again this often, each time after twice the time. */
const LOOKS_AGAIN = 5;
const FIRST_LOOK_MILLIS = 250;

/**
 * Runs the tasks of tickets, all at once. Answers the ids of the messages that are to come again: those of which
 * nothing is known to have come.
 *
 * - Near the end of its time a `TaskHandler` that is between two steps gives its task back, with what it kept as its
 *   checkpoint; the attempt does not count. Other handlers have a third of the spare time to end. Then they are aborted
 *   and their tasks have failed, to be tried again: else what never fits into the time would be begun for ever.
 * - A handler that throws `FatalError` fails its task, as a further one would be met here at once.
 */
export async function runTickets(
  tickets: readonly TicketRecord[],
  { client, queue, remainingMillis, warn, ...options }: RunTicketsOptions,
): Promise<ComeAgain> {
  const spareMillis = Math.min(SPARE_MILLIS, remainingMillis * SPARE_SHARE);
  const messageOf = new Map<string, string>();
  const comeAgain = new Set<string>();

  const settings = taskSettingsOf({
    ...options,
    ...{ client, queues: [queue], concurrency: Math.max(1, tickets.length) },
    graceSeconds: spareMillis / 3000,
    onEvent(event) {
      if (event.type === 'undelivered') comeAgain.add(messageOf.get(event.task.id) ?? '');
      const sentence = sentenceOf(event);
      if (sentence) warn(sentence);
    },
  });
  const { worker, clock, newRequestId } = settings;
  const shift = createShift(settings, { heedMs: spareMillis / 3, outlivesFatal: true });

  async function take({ id, number, generation }: TicketRecord): Promise<void> {
    const ask = { worker, queue, number, generation, requestId: newRequestId() };
    for (let looks = 0; ; looks += 1) {
      const reply = await shift.line.ask(signal => client.reserveByTicket(ask, { signal }));
      if (reply.status === 'reserved') return begin(id, reply.reservation);
      if (reply.status === 'nothing' || looks === LOOKS_AGAIN) return;
      await clock.sleep(FIRST_LOOK_MILLIS * 2 ** looks, shift.stopping);
    }
  }

  function begin(id: string, held: ReservedTask): void {
    messageOf.set(held.task.id, id);
    if (shift.stopping.aborted) shift.reports.add(held, { outcome: 'released' });
    else shift.bench.add([held]);
  }

  async function takeOrComeAgain(ticket: TicketRecord): Promise<void> {
    try {
      await take(ticket);
    } catch (error) {
      warn(`task ${queue}-${ticket.number} was not reserved: ${error}`);
      comeAgain.add(ticket.id);
    }
  }

  void clock.sleep(remainingMillis - spareMillis, shift.closing).then(() => shift.stop('signal'));
  await shift.run(() => Promise.all(tickets.map(takeOrComeAgain)));
  return comeAgain;
}

/** What the log of a function tells; how attempts end is in their tasks. */
function sentenceOf(event: TaskWorkerEvent): string | undefined {
  switch (event.type) {
    case 'away':
      return `the server does not answer: ${event.error.message}`;
    case 'lost':
      return `task ${event.task.id} was taken away`;
    case 'refused':
      return `the end of task ${event.task.id} was refused: ${event.detail}`;
    case 'undelivered':
      return `the end of task ${event.task.id} did not arrive`;
    case 'untold':
      return `progress of task ${event.task.id} was refused: ${event.error.message}`;
    default:
      return undefined;
  }
}
