import { readFileSync } from 'node:fs';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addWorker, deployed } from './support.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:ops';
const OPERATIONS = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

const Metric = z.object({ MetricStat: z.unknown().optional(), Expression: z.string().optional() });
const Alarm = z.object({
  Properties: z.object({
    AlarmDescription: z.string(),
    AlarmActions: z.array(z.string()),
    OKActions: z.array(z.string()),
    TreatMissingData: z.string(),
    ComparisonOperator: z.string(),
    Metrics: z.array(Metric).optional(),
    MetricName: z.string().optional(),
  }),
});

let actions: SnsAction[] = [];
const { template } = deployed(
  {},
  (sluice, stack) => addWorker(sluice, stack, { alarmActions: actions }),
  stack => {
    actions = [new SnsAction(Topic.fromTopicArn(stack, 'Topic', TOPIC))];
    return { alarmActions: actions };
  },
);
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  alarm => Alarm.parse(alarm).Properties,
);

/** The headings of alarms, as they are linked to. */
const anchors = (/^## Alarms$(.*)/ms.exec(OPERATIONS)?.[1] ?? '')
  .split('\n')
  .flatMap(line => /^### (.+)$/.exec(line)?.[1] ?? [])
  .map(heading => heading.toLowerCase().replaceAll(' ', '-'));

describe('alarms', () => {
  test('link to a heading of docs/operations.md each, and each heading has its alarm', () => {
    const linked = alarms.map(
      ({ AlarmDescription }) => /docs\/operations\.md#(\S+)$/.exec(AlarmDescription)?.[1],
    );

    expect(anchors.length).toBeGreaterThan(0);
    expect([...linked].sort()).toEqual([...anchors].sort());
  });

  test('are explained in the words that they bear', () => {
    for (const { AlarmDescription } of alarms) {
      const [meaning = ''] = AlarmDescription.split(/(?<=\.) What to do/);
      expect(OPERATIONS).toContain(`*${meaning.slice(0, -1)}`);
    }
  });

  test('tell the topic when they ring and when all is well', () => {
    for (const { AlarmActions, OKActions } of alarms)
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
  });

  test('are quiet where nothing is measured, but for the sweep, which is missed', () => {
    const missing = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');

    expect(missing).toMatchObject([{ MetricName: 'Invocations', ComparisonOperator: 'LessThanThreshold' }]);
    expect(alarms.every(({ TreatMissingData }) => /^(notB|b)reaching$/.test(TreatMissingData))).toBe(true);
  });

  test('watch as many metrics as is said where their price is', () => {
    const watched = alarms.flatMap(({ Metrics = [{ MetricStat: {} }] }) =>
      Metrics.filter(({ MetricStat }) => MetricStat !== undefined),
    );

    // The last one is that of a function that runs tasks.
    expect(OPERATIONS).toContain(`They watch ${watched.length - 1} metrics, and one more for each`);
  });

  test('are not made where nobody is told', () => {
    deployed().template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

describe('the dashboard', () => {
  const bodyOf = (of: typeof template) =>
    JSON.stringify(Object.values(of.findResources('AWS::CloudWatch::Dashboard'))[0]?.Properties);

  test('finds the queues of lanes by their prefix, for they are made while Sluice runs', () => {
    expect(bodyOf(template)).toContain('QueueName=sluice-lab-');
  });

  test('shows alarms where there are any', () => {
    expect(bodyOf(template)).toContain('AlarmsJobsFail');
    expect(bodyOf(deployed().template)).toContain('No alarms');
  });
});
