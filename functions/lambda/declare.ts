import type { Context as LambdaContext } from 'aws-lambda';
import * as z from 'zod';
import { Configuration } from '../../lib/contract/queues.ts';
import { declare } from '../../lib/dispatch/tasks/declare.ts';
import { awsContext } from '../wiring.ts';
import { answerStack } from './stack-resource.ts';

/** Properties of resources are texts; this one is a configuration in JSON. */
const Properties = z.object({ Configuration: z.string() });

/** Makes queues, bindings and configurations as a stack declares them, when it is made or changed. */
export async function handler(event: unknown, lambda: LambdaContext): Promise<void> {
  const context = awsContext();
  await answerStack(event, {
    make: properties =>
      declare(context, Configuration.parse(JSON.parse(Properties.parse(properties).Configuration))),
    clock: context.clock,
    remainingMillis: lambda.getRemainingTimeInMillis(),
  });
}
