import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { actionsOf, deployed, withWorker } from './support.ts';

const { template, policies } = withWorker();

describe('the queues of a function that runs tasks', () => {
  test('bear the names by which Sluice sends its tickets', () => {
    for (const priority of ['high', 'normal', 'low'])
      template.hasResourceProperties('AWS::SQS::Queue', { QueueName: `sluice-lab-t-juicer-${priority}` });
    withWorker({ queue: 'squeeze_v1.2' }).template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'sluice-lab-t-squeeze__v1_d2-normal',
    });
  });

  test('hide what the function was given for six times as long as it may run', () => {
    const timeout = Duration.seconds(90);
    const long = withWorker({ timeout }).template;
    long.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Sluice: runs tasks of queue juicer',
      Timeout: 90,
    });
    const queues = Object.values(long.findResources('AWS::SQS::Queue')).map(({ Properties }) => Properties);
    expect(queues.filter(({ RedrivePolicy }) => RedrivePolicy)).toHaveLength(3);
    for (const { RedrivePolicy, VisibilityTimeout } of queues)
      expect(VisibilityTimeout).toBe(RedrivePolicy ? 540 : undefined);
  });

  test('send what came five times in vain to one dead-letter queue, which keeps it for 14 days', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'sluice-lab-t-juicer-dead',
      MessageRetentionPeriod: 14 * 86_400,
    });
    for (const { Properties } of Object.values(template.findResources('AWS::SQS::Queue')))
      if (Properties.RedrivePolicy)
        expect(Properties.RedrivePolicy).toEqual({
          deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringContaining('dead'), 'Arn'] },
          maxReceiveCount: 5,
        });
  });

  test('are encrypted, and reached by TLS only', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      {
        PolicyDocument: Match.objectLike({
          Statement: [
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ],
        }),
      },
      4,
    );
  });

  test('feed it one by one unless more are wanted, each priority for itself, and hear which came to nothing', () => {
    template.resourcePropertiesCountIs(
      'AWS::Lambda::EventSourceMapping',
      { BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: Match.absent() },
      3,
    );
    withWorker({ batchSize: 5, maxConcurrency: 20 }).template.resourcePropertiesCountIs(
      'AWS::Lambda::EventSourceMapping',
      { BatchSize: 5, ScalingConfig: { MaximumConcurrency: 20 } },
      3,
    );
  });
});

describe('a function that runs tasks', () => {
  test('is told where Sluice is, and its queue', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          SLUICE_SERVER: {
            'Fn::Join': ['', ['lambda://', { Ref: Match.stringLikeRegexp('SluiceapiFunction') }]],
          },
          SLUICE_QUEUE: 'juicer',
          LAB: 'yes',
        },
      },
    });
  });

  test('may ask Sluice, take its tickets and write its log, and nothing else', () => {
    const own = policies.filter(({ role }) => role.startsWith('Worker'));
    expect(actionsOf(own)).toEqual([
      ...['lambda:InvokeFunction', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      ...['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    ]);
    for (const { action, resource } of own) {
      if (action.startsWith('lambda:')) expect(resource).toMatch(/^{"Fn::GetAtt":\["SluiceapiFunction/);
      if (action.startsWith('sqs:'))
        expect([...resource.matchAll(/tjuicer([a-z]+?)[0-9A-F]/g)].map(([, name]) => name)).toEqual([
          'high',
          'normal',
          'low',
        ]);
      expect(resource).not.toContain('*');
    }
  });

  test('runs for no longer than Lambda lets it, for a queue that can be one', () => {
    expect(() => withWorker({ timeout: Duration.minutes(16) })).toThrow(/need a worker that polls/);
    expect(() => withWorker({ queue: 'no queue' })).toThrow('"no queue" is not the name of a queue');
  });
});

test('an alarm rings as soon as something is in the dead-letter queue, where somebody is to be told', () => {
  template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  const told = withWorker({}, stack => ({
    alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-central-1:1:ops'))],
  }));
  told.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('dead'), 'QueueName'] } },
    ],
    Threshold: 1,
    EvaluationPeriods: 1,
    AlarmActions: ['arn:aws:sns:eu-central-1:1:ops'],
  });
});

describe('queues that a stack declares', () => {
  const declares = { queues: { juicer: { leaseSeconds: 60 } }, bindings: { promote: 'juicer' } };

  test('are made by a function of their own with each deployment that changes them', () => {
    const declaring = deployed(declares);
    declaring.template.hasResourceProperties('Custom::SluiceQueues', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('declareFunction'), 'Arn'] },
      Configuration: JSON.stringify(declares),
    });
    expect(actionsOf(declaring.policies.filter(({ role }) => role.includes('declareRole')))).toEqual([
      ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
  });

  test('that cannot be are refused before anything is deployed', () => {
    expect(() => deployed({ queues: { juicer: { leaseSeconds: -1 } } })).toThrow(
      /^queues\.juicer\.leaseSeconds: /,
    );
    expect(() => deployed({ bindings: { promote: 'presss' } })).toThrow(
      'bindings.promote: there is no queue presss in this file',
    );
  });

  test('are none unless somebody does', () => {
    template.resourceCountIs('Custom::SluiceQueues', 0);
  });
});
