import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Sluice } from './sluice.ts';

/**
 * What `cdk deploy` deploys. Settings are CDK context, in cdk.json or as `-c name=value`:
 *
 * | name | |
 * |---|---|
 * | `stack` | name of the stack; default `sluice` |
 * | `replicas` | `bucket` or `bucket/prefix/`, several with commas: what workers may be given URLs for |
 * | `admins` | users who manage every project, with commas |
 * | `concurrency` | most requests at once for each function |
 * | `keep` | `false`: table and bucket go with the stack |
 * | `unnamedCaller` | on an emulator: who calls the URL |
 */
const app = new App();
const setting = (name: string): string | undefined => app.node.tryGetContext(name)?.toString();
const listed = (name: string): string[] => setting(name)?.split(',').filter(Boolean) ?? [];

const stack = new Stack(app, setting('stack') ?? 'sluice', {
  description: 'Sluice hands out work to workers',
});
const concurrency = setting('concurrency');
const unnamedCaller = setting('unnamedCaller');
const sluice = new Sluice(stack, 'Sluice', {
  replicas: listed('replicas'),
  admins: listed('admins'),
  removalPolicy: setting('keep') === 'false' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  ...(concurrency !== undefined && { reservedConcurrency: Number(concurrency) }),
  ...(unnamedCaller !== undefined && { unnamedCaller }),
});
new CfnOutput(stack, 'Url', { value: sluice.url });
new CfnOutput(stack, 'Table', { value: sluice.table.tableName });
new CfnOutput(stack, 'BucketName', { key: 'Bucket', value: sluice.bucket.bucketName });
for (const [name, { functionName }] of Object.entries(sluice.functions))
  new CfnOutput(stack, `Function-${name}`, { key: `${name}Function`, value: functionName });
