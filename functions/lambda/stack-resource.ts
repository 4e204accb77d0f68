import * as z from 'zod';
import type { Clock } from '../../lib/dispatch/ports.ts';

/** What CloudFormation sends to the function of a custom resource. */
const StackEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  ResourceProperties: z.unknown().optional(),
});

/** The answer has to leave before Lambda ends the function: CloudFormation waits an hour for one that never comes. */
const ANSWER_MILLIS = 10_000;

export interface StackResourceOptions {
  /** What there is to do when the resource is made or changed. Default nothing. */
  readonly make?: (properties: unknown) => Promise<void>;
  /** What there is to do when the resource is deleted, and with it the stack. Default nothing. */
  readonly remove?: () => Promise<void>;
  readonly clock: Clock;
  readonly remainingMillis: number;
}

/**
 * Answers CloudFormation for a resource of our own. The protocol:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export async function answerStack(event: unknown, options: StackResourceOptions): Promise<void> {
  const { RequestType, ResponseURL, ResourceProperties, ...request } = StackEvent.parse(event);
  const { make, remove } = options;
  const work = RequestType === 'Delete' ? remove?.() : make?.(ResourceProperties);
  const failure = work && (await failureOf(work, options));
  const body = {
    ...request,
    Status: failure === undefined ? 'SUCCESS' : 'FAILED',
    Reason: failure,
    PhysicalResourceId: request.LogicalResourceId,
  };
  const { ok, status } = await fetch(ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
  if (!ok) throw new Error(`CloudFormation did not take the answer (${status})`);
}

async function failureOf(
  work: Promise<void>,
  { clock, remainingMillis }: StackResourceOptions,
): Promise<string | undefined> {
  const done = new AbortController();
  const late = clock
    .sleep(remainingMillis - ANSWER_MILLIS, done.signal)
    .then(() => 'there is more to do than time for it: deploy or delete the stack again');
  try {
    return await Promise.race([work.then(() => undefined), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    done.abort();
  }
}
