import type { Context as LambdaContext } from 'aws-lambda';
import { removeContents } from '../../lib/aws/stack-contents.ts';
import { awsContents } from '../wiring.ts';
import { answerStack } from './stack-resource.ts';

/** Removes queues and files when a stack is deleted that keeps nothing. */
export async function handler(event: unknown, lambda: LambdaContext): Promise<void> {
  const contents = awsContents();
  await answerStack(event, {
    remove: () => removeContents(contents),
    clock: contents.clock,
    remainingMillis: lambda.getRemainingTimeInMillis(),
  });
}
