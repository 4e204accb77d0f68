import { randomBytes } from 'node:crypto';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { connect } from '../connect/connect.ts';
import type { ReservedTask } from '../contract/tasks.ts';
import type { Clock } from '../worker/clock.ts';
import type { AnyRunner } from '../worker/tasks/schema.ts';
import { FUNCTION_ENVIRONMENT } from './environment.ts';
import { type FunctionClient, runTickets } from './run-tickets.ts';
import { type ComeAgain, type TicketsEvent, ticketRecords } from './ticket-records.ts';

export interface SluiceFunctionOptions {
  /** Runs the tasks of all other names; without it they fail for good. */
  readonly defaultHandler?: AnyRunner | undefined;
  /** The way to Sluice; the one that the deployment tells unless given. */
  readonly client?: FunctionClient | undefined;
  /** The queue whose tickets the function is given; the one that the deployment tells unless given. */
  readonly queue?: string | undefined;
  /** Takes the lines that handlers write to the log of their task, in Sluice's place. */
  readonly log?: ((line: string, task: ReservedTask) => void) | undefined;
  /** What is taken out of logs, statuses, progress and errors before they leave the function, line by line. */
  readonly redact?: readonly RegExp[] | undefined;
  /** Says what went wrong around the tasks; on the function's own log unless given. */
  readonly warn?: ((message: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** Numbers from 0 up to 1, for jitter. */
  readonly random?: (() => number) | undefined;
}

/** What AWS Lambda calls with messages of an SQS queue. */
export type TicketHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * The handlers of a worker as a Lambda function that SQS feeds with the tickets of a queue; the construct `TaskWorker`
 * deploys it.
 *
 * Of a batch only those messages come again of which nothing is known to have come: see `runTickets`.
 *
 * @param handlers what runs the tasks of each name, as for `runTaskWorker`
 */
export function sluiceFunction(
  handlers: Readonly<Record<string, AnyRunner>>,
  options: SluiceFunctionOptions = {},
): TicketHandler {
  const warn = options.warn ?? (message => console.error(message));
  const { defaultHandler, log, redact, clock, random } = options;
  const worker = workerName();
  let client = options.client;
  return middy<TicketsEvent, ComeAgain | SQSBatchResponse>()
    .use(ticketRecords(warn))
    .handler(({ tickets = [] }, lambda) => {
      client ??= connect({ server: told('server') });
      return runTickets(tickets, {
        ...{ client, worker, handlers, defaultHandler, log, redact, warn, clock, random },
        queue: options.queue ?? told('queue'),
        remainingMillis: lambda.getRemainingTimeInMillis(),
      });
    }) as unknown as TicketHandler;
}

function told(name: keyof typeof FUNCTION_ENVIRONMENT): string {
  const value = process.env[FUNCTION_ENVIRONMENT[name]];
  if (!value) throw new Error(`the environment variable ${FUNCTION_ENVIRONMENT[name]} is not set`);
  return value;
}

/** Of the function, and of this process of it: two that are given the same ticket are told apart. */
function workerName(): string {
  const { AWS_LAMBDA_FUNCTION_NAME = 'function' } = process.env;
  return `${AWS_LAMBDA_FUNCTION_NAME.slice(0, 55)}.${randomBytes(4).toString('hex')}`;
}
