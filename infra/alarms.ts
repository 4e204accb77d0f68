import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { SluiceMetrics } from './metrics.ts';

/** An alarm, by the heading of docs/operations.md that says what it means and what to do. */
interface Watch {
  readonly heading: string;
  readonly meaning: string;
  /** In periods of five minutes: it rings when this many of so many are at the threshold or beyond. */
  readonly periods: readonly [number, number];
  readonly threshold: number;
  readonly rings: 'from' | 'below';
}

interface MetricWatch extends Watch {
  readonly metric: (metrics: SluiceMetrics) => IMetric;
}

/**
 * None watches a queue: lanes come and go with projects, and a ticket lives as long as its block has open files, so its
 * age says nothing.
 */
const WATCHES: Readonly<Record<string, MetricWatch>> = {
  RequestsCrash: {
    heading: 'Requests crash',
    meaning: 'Functions ended without an answer.',
    metric: ({ requestErrors }) => requestErrors,
    ...{ periods: [2, 3], threshold: 1, rings: 'from' },
  },
  RequestsFail: {
    heading: 'Requests fail',
    meaning: 'The URL answers requests with a status of 500 and above.',
    metric: ({ urlErrors }) => urlErrors,
    ...{ periods: [2, 3], threshold: 5, rings: 'from' },
  },
  RequestsAreThrottled: {
    heading: 'Requests are throttled',
    meaning: 'Lambda refuses requests: too many at once.',
    metric: ({ requestThrottles }) => requestThrottles,
    ...{ periods: [2, 3], threshold: 1, rings: 'from' },
  },
  RequestsTakeLong: {
    heading: 'Requests take long',
    meaning: 'Requests take 20 of the 30 seconds they have.',
    metric: ({ requestDuration }) => requestDuration,
    ...{ periods: [2, 3], threshold: 20_000, rings: 'from' },
  },
  JobsFail: {
    heading: 'Jobs fail',
    meaning: 'A load, restart or deletion fails again and again.',
    metric: ({ jobErrors }) => jobErrors,
    // A job that outlasts its function is cut off and counts as an error, once in a quarter of an hour.
    ...{ periods: [3, 3], threshold: 2, rings: 'from' },
  },
  TheSweepDoesNotRun: {
    heading: 'The sweep does not run',
    meaning: 'Nothing was swept for ten minutes.',
    metric: ({ sweeps }) => sweeps,
    ...{ periods: [2, 2], threshold: 1, rings: 'below' },
  },
  TheSweepFails: {
    heading: 'The sweep fails',
    meaning: 'The sweep ends before it has looked at all projects.',
    metric: ({ sweepErrors }) => sweepErrors,
    ...{ periods: [3, 3], threshold: 1, rings: 'from' },
  },
  TheTableThrottles: {
    heading: 'The table throttles',
    meaning: 'DynamoDB refuses reads or writes: too many at once.',
    metric: ({ tableThrottles }) => tableThrottles,
    ...{ periods: [3, 3], threshold: 10, rings: 'from' },
  },
  TheTableFails: {
    heading: 'The table fails',
    meaning: 'Reads or writes fail inside DynamoDB.',
    metric: ({ tableErrors }) => tableErrors,
    ...{ periods: [2, 3], threshold: 5, rings: 'from' },
  },
};

/** Alarms, each with a link to what to do in its description. */
export class Alarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, metrics: SluiceMetrics, actions: readonly IAlarmAction[]) {
    super(scope, id);
    this.alarms = Object.entries(WATCHES).map(([name, { metric, ...watch }]) =>
      alarmOf(this, name, watch, metric(metrics), actions),
    );
  }
}

/** An alarm with a link to what to do in its description, which tells when it rings and when all is well. */
export function alarmOf(
  scope: Construct,
  name: string,
  { heading, meaning, periods, threshold, rings }: Watch,
  metric: IMetric,
  actions: readonly IAlarmAction[],
): Alarm {
  const [ringing, looked] = periods;
  const alarm = new Alarm(scope, name, {
    alarmDescription: `${meaning} What to do: docs/operations.md#${anchorOf(heading)}`,
    metric,
    threshold,
    datapointsToAlarm: ringing,
    evaluationPeriods: looked,
    comparisonOperator:
      rings === 'from'
        ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: rings === 'from' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
  });
  alarm.addAlarmAction(...actions);
  alarm.addOkAction(...actions);
  return alarm;
}

/** Where a heading of Markdown is linked to. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
