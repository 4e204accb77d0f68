import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { putEvent } from '../../lib/aws/event-bus.ts';
import { awsOutbound } from '../../lib/aws/outbound.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { sqs } from './support/clients.ts';
import { CREDENTIALS, REGION } from './support/endpoint.ts';

const QUEUE = `arn:aws:sqs:${REGION}:000000000000:releases`;
const outbound = awsOutbound({ client: sqs, region: REGION, replyQueues: [QUEUE] });
const EVENT = {
  ...{ id: 'q-1.1.started', type: 'task.started', subject: 'q-1', at: 1_795_000_000_123, owner: 'ann' },
  message: { task: 'q-1' },
};

test('only queues that the deployment names are replied to, by ARN or URL', () => {
  for (const address of [QUEUE, `https://sqs.${REGION}.amazonaws.com/000000000000/releases`])
    expect(outbound.faultOf(address)).toBeUndefined();
  const other = `arn:aws:sqs:${REGION}:000000000000:others`;
  expect(outbound.faultOf(other)).toBe(
    `${other} is not among the queues that this deployment may send to: name it in replyQueues`,
  );
  expect(outbound.faultOf(QUEUE.replace('000000000000', '111111111111'))).toContain(
    'is not among the queues',
  );
  for (const address of [
    'sqs:releases',
    'https://lab.example/hook',
    'arn:aws:sns:eu-central-1:000000000000:x',
  ])
    expect(outbound.faultOf(address)).toContain(
      'replies go to sluice:NAME, to webhook:NAME, or to a queue of SQS',
    );
});

test('a queue that is gone, or is no longer named, fails so that it is tried again', async () => {
  await expect(outbound.send(QUEUE, EVENT)).rejects.toThrow(PortUnavailable);
  const none = awsOutbound({ client: sqs, region: REGION, replyQueues: [] });
  await expect(none.send(QUEUE, EVENT)).rejects.toThrow(
    new PortUnavailable(`${QUEUE} is no longer among the queues of this deployment`),
  );
});

/** An EventBridge that answers so; the requests that it got. */
async function answering(status: number, answer: object) {
  const got: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = createServer(async (request, response) => {
    got.push({ headers: request.headers, body: Buffer.concat(await request.toArray()).toString() });
    response.writeHead(status).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const options = { bus: 'arn:bus', region: REGION, endpoint, credentials: async () => CREDENTIALS };
  return { got, put: () => putEvent(options, EVENT) };
}

test('an event is put with its time and type, signed for EventBridge', async () => {
  const { got, put } = await answering(200, { FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  await put();
  expect(got[0]?.headers).toMatchObject({
    'x-amz-target': 'AWSEvents.PutEvents',
    authorization: expect.stringMatching(
      `^AWS4-HMAC-SHA256 Credential=test/\\d{8}/${REGION}/events/aws4_request, `,
    ),
  });
  expect(JSON.parse(got[0]?.body ?? '')).toEqual({
    Entries: [
      {
        ...{ EventBusName: 'arn:bus', Source: 'sluice', DetailType: 'task.started', Time: 1_795_000_000.123 },
        Detail: '{"task":"q-1"}',
      },
    ],
  });
});

test.each([
  [
    'an entry that was not taken',
    200,
    { FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled', ErrorMessage: 'x' }] },
  ],
  ['a refusal', 400, { __type: 'AccessDeniedException' }],
  ['an answer that is none', 200, {}],
])('%s fails so that it is tried again', async (_, status, answer) => {
  const { put } = await answering(status, answer);
  await expect(put()).rejects.toThrow(PortUnavailable);
});
