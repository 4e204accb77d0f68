import { z } from 'zod';
import { CREDENTIALS, ENDPOINT, REGION } from './endpoint.ts';

const SCOPE = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/events/aws4_request`;

/** Asks the emulator's EventBridge, for which the SDK has no client here; it looks at the scope of a signature only. */
async function askEvents(operation: string, input: object): Promise<unknown> {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSEvents.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(input),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Makes a bus whose events from Sluice go to a queue. */
export async function makeBus(
  name: string,
  queueArn: string,
): Promise<{ arn: string; remove: () => Promise<void> }> {
  const { EventBusArn: arn } = z
    .object({ EventBusArn: z.string() })
    .parse(await askEvents('CreateEventBus', { Name: name }));
  const rule = { Name: 'all', EventBusName: name, EventPattern: JSON.stringify({ source: ['sluice'] }) };
  await askEvents('PutRule', rule);
  const targets = [{ Id: 'queue', Arn: queueArn }];
  await askEvents('PutTargets', { Rule: 'all', EventBusName: name, Targets: targets });
  return {
    arn,
    async remove() {
      await askEvents('RemoveTargets', { Rule: 'all', EventBusName: name, Ids: ['queue'] });
      await askEvents('DeleteRule', { Name: 'all', EventBusName: name });
      await askEvents('DeleteEventBus', { Name: name });
    },
  };
}
