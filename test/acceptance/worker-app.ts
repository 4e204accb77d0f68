import { App, Duration } from 'aws-cdk-lib';
import { sluiceStack } from '../../infra/stack.ts';
import { TaskWorker } from '../../infra/task-worker.ts';

/** The stack that is deployed to try it: with a function that runs the tasks of a queue, and is soon tired of them. */
const { stack, sluice } = sluiceStack(new App());
new TaskWorker(stack, 'Worker', {
  ...{ sluice, queue: 'lambda', entry: 'test/acceptance/worker-handlers.ts' },
  ...{ timeout: Duration.seconds(4), maxReceiveCount: 2, memorySize: 256 },
});
