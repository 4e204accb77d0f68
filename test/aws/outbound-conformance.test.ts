import { describe } from 'vitest';
import { awsOutbound } from '../../lib/aws/outbound.ts';
import { outboundConformance } from '../conformance/outbound.ts';
import { newName, sqs } from './support/clients.ts';
import { CREDENTIALS, ENDPOINT, REGION } from './support/endpoint.ts';
import { makeBus } from './support/event-bus.ts';
import { inboxes } from './support/inbox.ts';

const newInbox = inboxes();

describe.each([
  ['a standard queue of SQS', '', 'arn'],
  ['a FIFO queue of SQS', '.fifo', 'arn'],
  ['a queue of SQS by its URL', '', 'url'],
] as const)('%s', (_, suffix, by) => {
  outboundConformance(async () => {
    const inbox = await newInbox(suffix);
    return {
      outbound: awsOutbound({ client: sqs, region: REGION, replyQueues: [inbox.arn] }),
      ...{ address: inbox[by], isFifo: suffix === '.fifo', arrived: inbox.take },
    };
  });
});

describe('a bus of EventBridge', () => {
  outboundConformance(async () => {
    const inbox = await newInbox();
    const { arn } = await makeBus(newName(), inbox.arn);
    const credentials = async () => CREDENTIALS;
    const eventBus = { bus: arn, region: REGION, endpoint: ENDPOINT, credentials };
    return {
      outbound: awsOutbound({ client: sqs, region: REGION, replyQueues: [], eventBus }),
      ...{ address: arn, isFifo: false, arrived: inbox.take },
    };
  });
});
