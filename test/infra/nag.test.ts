import { Aspects, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import type { SluiceProps } from '../../infra/sluice.ts';
import { addWorker, deployed } from './support.ts';

const rules = Match.stringLikeRegexp('AwsSolutions');

/** What the rules find at fault. */
function findings(props: SluiceProps = {}, use?: Parameters<typeof deployed>[1]) {
  const { sluice } = deployed({ replicas: ['data', 'archive/run2/'], ...props }, (sluice, stack) => {
    addWorker(sluice, stack);
    use?.(sluice, stack);
    Aspects.of(stack).add(new AwsSolutionsChecks());
  });
  const found = Annotations.fromStack(Stack.of(sluice));
  return [...found.findError('*', rules), ...found.findWarning('*', rules)].map(
    ({ id, entry }) => `${id}: ${entry.data}`,
  );
}

test.each<[string, SluiceProps]>([
  ['that keeps everything', {}],
  ['that declares queues', { queues: { juicer: {} } }],
  ['that keeps nothing', { removalPolicy: RemovalPolicy.DESTROY }],
])('the rules of AwsSolutions find nothing in a stack %s', { timeout: 120_000 }, (_, props) => {
  expect(findings(props)).toEqual([]);
});

test('they find nothing in one that replies to queues and tells a bus', { timeout: 120_000 }, () => {
  const stack = new Stack();
  const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
  const props: SluiceProps = {
    replyQueues: [Queue.fromQueueArn(stack, 'Releases', arn('sqs', 'releases'))],
    eventBus: EventBus.fromEventBusArn(stack, 'Bus', arn('events', 'event-bus/lab')),
  };
  expect(findings(props)).toEqual([]);
});

test('they still see what has no reason: a function that may do more', () => {
  const found = findings({}, sluice =>
    sluice.functions.done.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:*:*:*'] }),
    ),
  );

  expect(found).toHaveLength(1);
  expect(found[0]).toContain('/lab/Sluice/done/Role');
});
