import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { REQUEST_FUNCTIONS, type SluiceFunctions } from './functions.ts';

/** What alarms watch and the dashboard draws: each a number of all functions that answer requests, or of one thing. */
export interface SluiceMetrics {
  /** Requests that ended without an answer: crashes and timeouts. */
  readonly requestErrors: IMetric;
  readonly requestThrottles: IMetric;
  /** The longest of each period, ms. */
  readonly requestDuration: IMetric;
  /** Answers of the function URL with a status of 500 and above. */
  readonly urlErrors: IMetric;
  readonly jobErrors: IMetric;
  readonly sweeps: IMetric;
  readonly sweepErrors: IMetric;
  /** Reads and writes that the table refused for now. */
  readonly tableThrottles: IMetric;
  /** Reads and writes that failed inside DynamoDB. */
  readonly tableErrors: IMetric;
}

const PERIOD = Duration.minutes(5);
const SUM = { statistic: Stats.SUM, period: PERIOD };

export function metricsOf(functions: SluiceFunctions, table: ITable): SluiceMetrics {
  const requests = REQUEST_FUNCTIONS.map(name => [name, functions[name]] as const);
  const ofRequests = (label: string, combine: string, metricOf: (lambda: LambdaFunction) => Metric) =>
    combined(
      label,
      combine,
      Object.fromEntries(requests.map(([name, lambda]) => [`${label}_${name}`, metricOf(lambda)])),
    );
  const { api, job, sweep } = functions;
  const ofTable = (metricName: string, dimensions = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName, ...dimensions },
      ...SUM,
    });
  return {
    requestErrors: ofRequests('errors', 'SUM', lambda => lambda.metricErrors(SUM)),
    requestThrottles: ofRequests('throttles', 'SUM', lambda => lambda.metricThrottles(SUM)),
    requestDuration: ofRequests('longest', 'MAX', lambda =>
      lambda.metricDuration({ statistic: Stats.MAXIMUM, period: PERIOD }),
    ),
    urlErrors: api.metric('Url5xxCount', SUM),
    jobErrors: job.metricErrors(SUM),
    sweeps: sweep.metricInvocations(SUM),
    sweepErrors: sweep.metricErrors(SUM),
    tableThrottles: combined('throttles', 'SUM', {
      reads: ofTable('ReadThrottleEvents'),
      writes: ofTable('WriteThrottleEvents'),
    }),
    tableErrors: combined('errors', 'SUM', {
      gets: ofTable('SystemErrors', { Operation: 'GetItem' }),
      puts: ofTable('SystemErrors', { Operation: 'PutItem' }),
    }),
  };
}

function combined(label: string, combine: string, usingMetrics: Record<string, IMetric>): MathExpression {
  const names = Object.keys(usingMetrics).join(',');
  return new MathExpression({ expression: `${combine}([${names}])`, label, usingMetrics, period: PERIOD });
}
