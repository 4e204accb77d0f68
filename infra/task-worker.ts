import { Duration } from 'aws-cdk-lib';
import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Code, EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { QueueName } from '../lib/contract/words.ts';
import { FUNCTION_ENVIRONMENT } from '../lib/function/environment.ts';
import { alarmOf } from './alarms.ts';
import { bundleEntry } from './bundle.ts';
import { ownFunction } from './functions.ts';
import type { Sluice } from './sluice.ts';
import { TicketQueues } from './ticket-queues.ts';

export interface TaskWorkerProps {
  /** The Sluice whose tasks it runs. */
  readonly sluice: Sluice;
  /** The queue whose tasks it runs; to be declared in the props of `Sluice`, or made by an admin. */
  readonly queue: string;
  /** Path of a module that exports `handler`, as `sluiceFunction` makes it. */
  readonly entry: string;
  /** How long it may run at a time, 15 minutes at most. Default five minutes. */
  readonly timeout?: Duration;
  /** In MB. Default 512. */
  readonly memorySize?: number;
  /** Tasks that one run of the function is given at most, and works on at once. Default 1. */
  readonly batchSize?: number;
  /** Most runs at once, for each priority: 2 to 1000. Default no limit but the account's. */
  readonly maxConcurrency?: number;
  /** A message that so many runs could do nothing with goes to the dead-letter queue. Default 5. */
  readonly maxReceiveCount?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom the alarm tells. Default nobody, and then there is none. */
  readonly alarmActions?: readonly IAlarmAction[];
  /** How long its log is kept. Default one month. */
  readonly logRetention?: RetentionDays;
  /** Makes the function's code of `entry`. Default: esbuild. */
  readonly bundle?: (entry: string) => Code;
}

/** SQS is to hide a message for six times as long as the function may run (AWS Lambda Developer Guide, "Using SQS"). */
const HIDDEN_TIMES = 6;
const MAX_TIMEOUT = Duration.minutes(15);

/**
 * Runs the tasks of a queue by a Lambda function: SQS gives it the tickets, it reserves their tasks of Sluice and ends
 * them. It costs what it runs, and the polling of three queues by Lambda, about $0.80 a month.
 *
 * The function may invoke Sluice's whole API, and so do everything there. Grant `grantPrincipal` what handlers need
 * elsewhere.
 */
export class TaskWorker extends Construct {
  readonly lambda: LambdaFunction;
  /** The queues of tickets, by priority. */
  readonly queues: readonly Queue[];
  /** Where messages end that are no tickets, or that the function could do nothing with. */
  readonly deadLetterQueue: Queue;
  /** Rings when something is there; absent without `alarmActions`. */
  readonly alarm: Alarm | undefined;

  constructor(scope: Construct, id: string, props: TaskWorkerProps) {
    super(scope, id);
    const { sluice, entry, bundle = bundleEntry } = props;
    const queue = checkedQueue(props.queue);
    const timeout = checkedTimeout(props.timeout ?? Duration.minutes(5));
    const { queues, deadLetterQueue } = new TicketQueues(this, 'Tickets', {
      ...{ prefix: sluice.queuePrefix, queue },
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * HIDDEN_TIMES),
      maxReceiveCount: props.maxReceiveCount ?? 5,
    });
    const { api } = sluice.functions;
    const { lambda } = ownFunction(this, {
      description: `Sluice: runs tasks of queue ${queue}`,
      code: bundle(entry),
      ...{ timeout, memorySize: props.memorySize ?? 512 },
      environment: {
        ...props.environment,
        [FUNCTION_ENVIRONMENT.server]: `lambda://${api.functionName}`,
        [FUNCTION_ENVIRONMENT.queue]: queue,
      },
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      statements: [
        new PolicyStatement({
          sid: 'AskSluice',
          actions: ['lambda:InvokeFunction'],
          resources: [api.functionArn],
        }),
        new PolicyStatement({
          sid: 'TakeTickets',
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: queues.map(({ queueArn }) => queueArn),
        }),
      ],
    });
    for (const { node, queueArn } of queues)
      new EventSourceMapping(this, `Feed-${node.id}`, {
        target: lambda,
        eventSourceArn: queueArn,
        batchSize: props.batchSize ?? 1,
        reportBatchItemFailures: true,
        ...(props.maxConcurrency !== undefined && { maxConcurrency: props.maxConcurrency }),
      });
    this.lambda = lambda;
    this.queues = queues;
    this.deadLetterQueue = deadLetterQueue;
    this.alarm = this.#alarm(props.alarmActions ?? []);
  }

  #alarm(actions: readonly IAlarmAction[]): Alarm | undefined {
    if (actions.length === 0) return undefined;
    return alarmOf(
      this,
      'DeadLetters',
      {
        heading: 'Messages are in a dead-letter queue',
        meaning: 'A function could do nothing with messages of its queue.',
        ...{ periods: [1, 1], threshold: 1, rings: 'from' },
      },
      this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      actions,
    );
  }
}

function checkedQueue(queue: string): string {
  const checked = QueueName.safeParse(queue);
  if (!checked.success) throw new Error(`"${queue}" is not the name of a queue`);
  return checked.data;
}

function checkedTimeout(timeout: Duration): Duration {
  const most = MAX_TIMEOUT.toSeconds();
  if (timeout.toSeconds() > most)
    throw new Error(
      `a function runs for ${most} s at most: ${timeout.toSeconds()} s need a worker that polls`,
    );
  return timeout;
}
