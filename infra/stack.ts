import { readFileSync } from 'node:fs';
import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Configuration } from '../lib/contract/queues.ts';
import { Sluice } from './sluice.ts';

/**
 * The stack that `cdk deploy` deploys, and its Sluice. Settings are CDK context, in cdk.json or as `-c name=value`:
 *
 * | name | |
 * |---|---|
 * | `stack` | name of the stack; default `sluice` |
 * | `replicas` | `bucket` or `bucket/prefix/`, several with commas: what workers may be given URLs for |
 * | `replyQueues` | ARNs of queues of SQS, with commas: what tasks may reply to |
 * | `eventBus` | ARN of a bus of EventBridge that is told of every project and task |
 * | `admins` | users who manage every project, with commas |
 * | `configuration` | a file of queues, bindings and configurations, as `serve --config` takes it |
 * | `concurrency` | most requests at once for each function |
 * | `alarmTopic` | ARN of an SNS topic that alarms tell; without it there are none |
 * | `table` | name of a table to go on with, such as one restored from a backup |
 * | `keep` | `false`: table, bucket and queues go with the stack |
 * | `unnamedCaller` | on an emulator: who calls the URL |
 */
export function sluiceStack(app: App): { stack: Stack; sluice: Sluice } {
  const setting = (name: string): string | undefined => app.node.tryGetContext(name)?.toString();
  const listed = (name: string): string[] => setting(name)?.split(',').filter(Boolean) ?? [];

  const stack = new Stack(app, setting('stack') ?? 'sluice', {
    description: 'Sluice hands out work to workers',
  });
  const concurrency = setting('concurrency');
  const alarmTopic = setting('alarmTopic');
  const table = setting('table');
  const eventBus = setting('eventBus');
  const configuration = setting('configuration');
  const unnamedCaller = setting('unnamedCaller');
  const sluice = new Sluice(stack, 'Sluice', {
    replicas: listed('replicas'),
    replyQueues: listed('replyQueues').map((arn, n) => Queue.fromQueueArn(stack, `ReplyQueue${n + 1}`, arn)),
    admins: listed('admins'),
    removalPolicy: setting('keep') === 'false' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    ...(configuration !== undefined && Configuration.parse(JSON.parse(readFileSync(configuration, 'utf8')))),
    ...(concurrency !== undefined && { reservedConcurrency: Number(concurrency) }),
    ...(alarmTopic !== undefined && {
      alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'AlarmTopic', alarmTopic))],
    }),
    ...(table !== undefined && { table: Table.fromTableName(stack, 'Table', table) }),
    ...(eventBus !== undefined && { eventBus: EventBus.fromEventBusArn(stack, 'EventBus', eventBus) }),
    ...(unnamedCaller !== undefined && { unnamedCaller }),
  });
  new CfnOutput(stack, 'Url', { value: sluice.url });
  new CfnOutput(stack, 'TableName', { key: 'Table', value: sluice.table.tableName });
  new CfnOutput(stack, 'DashboardName', { key: 'Dashboard', value: sluice.dashboard.dashboardName });
  new CfnOutput(stack, 'BucketName', { key: 'Bucket', value: sluice.bucket.bucketName });
  for (const [name, { functionName }] of Object.entries(sluice.functions))
    new CfnOutput(stack, `Function-${name}`, { key: `${name}Function`, value: functionName });
  return { stack, sluice };
}
