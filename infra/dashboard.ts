import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  MathExpression,
  SearchExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { REQUEST_FUNCTIONS, type SluiceFunctions } from './functions.ts';
import type { SluiceMetrics } from './metrics.ts';

export interface DashboardContents {
  readonly metrics: SluiceMetrics;
  readonly functions: SluiceFunctions;
  readonly table: ITable;
  readonly queuePrefix: string;
  readonly alarms: readonly Alarm[];
}

const PERIOD = Duration.minutes(5);
const THIRD = 8;
const HALF = 12;

/** One page that says whether Sluice is well, and since when it is not. */
export class SluiceDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, contents: DashboardContents) {
    super(scope, id);
    const { metrics, functions, table, queuePrefix, alarms } = contents;
    const ofRequests = (metricOf: (lambda: LambdaFunction, label: string) => IMetric) =>
      REQUEST_FUNCTIONS.map(name => metricOf(functions[name], name));
    const { job, sweep } = functions;
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(12) });
    this.dashboard.addWidgets(
      alarms.length > 0
        ? new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })
        : new TextWidget({
            markdown: 'No alarms: `alarmActions` says whom they tell.',
            width: 24,
            height: 1,
          }),
    );
    this.dashboard.addWidgets(
      graph(
        'Requests',
        THIRD,
        ofRequests((lambda, label) => lambda.metricInvocations({ label, period: PERIOD })),
      ),
      graph('Requests: longest, ms', THIRD, [metrics.requestDuration]),
      graph('Requests that failed', THIRD, [
        metrics.requestErrors,
        metrics.requestThrottles,
        named('answered with 5xx', metrics.urlErrors),
      ]),
    );
    this.dashboard.addWidgets(
      graph('Table: units consumed', THIRD, [
        table.metricConsumedReadCapacityUnits({ label: 'read', period: PERIOD }),
        table.metricConsumedWriteCapacityUnits({ label: 'written', period: PERIOD }),
      ]),
      graph('Table: refused and failed', THIRD, [metrics.tableThrottles, metrics.tableErrors]),
      graph('Jobs and sweeps: longest, ms', THIRD, [
        job.metricDuration({ label: 'job', statistic: Stats.MAXIMUM, period: PERIOD }),
        sweep.metricDuration({ label: 'sweep', statistic: Stats.MAXIMUM, period: PERIOD }),
      ]),
    );
    this.dashboard.addWidgets(
      graph('Tickets that are visible, by lane', HALF, [
        ofQueues(queuePrefix, 'ApproximateNumberOfMessagesVisible'),
      ]),
      graph('Tickets that are hidden, by lane', HALF, [
        ofQueues(queuePrefix, 'ApproximateNumberOfMessagesNotVisible'),
      ]),
    );
    this.dashboard.addWidgets(
      new LogQueryWidget({
        title: 'What went wrong, newest first',
        logGroupNames: Object.values(functions).map(({ logGroup }) => logGroup.logGroupName),
        queryLines: [
          'fields @timestamp, @message, @log',
          'filter @message like /ERROR|Task timed out/',
          'sort @timestamp desc',
          'limit 50',
        ],
        width: 24,
      }),
    );
  }
}

function graph(title: string, width: number, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, width, left: [...left], leftYAxis: { min: 0 } });
}

const named = (label: string, metric: IMetric) =>
  new MathExpression({ expression: 'metric', label, usingMetrics: { metric }, period: PERIOD });

/** A number of each queue there is, as found when somebody looks: queues are made while Sluice runs. */
function ofQueues(prefix: string, metricName: string): IMetric {
  return new SearchExpression({
    expression: `SEARCH('{AWS/SQS,QueueName} MetricName="${metricName}" QueueName=${prefix}', 'Maximum', 300)`,
    label: '',
    period: PERIOD,
  });
}
