import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { queueNameOf } from '../../lib/aws/queue-name.ts';
import { sqsTickets } from '../../lib/aws/sqs-tickets.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { receiveAll, receiveOne, ticket } from '../conformance/queue-under-test.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { OPTIONS, sqs } from './support/clients.ts';
import { answered, lostAnswer, meddle } from './support/meddle.ts';
import { queuePrefixes } from './support/queues.ts';

const newPrefix = queuePrefixes();
const DAY_SECONDS = 86_400;

const ticketsOn = (prefix: string, { client = sqs, clock = systemClock } = {}) =>
  sqsTickets({ client, prefix, clock });
const newClient = (maxAttempts = 3) =>
  new SQSClient({ ...OPTIONS, maxAttempts, useQueueUrlAsEndpoint: false });

async function urlOf(prefix: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${prefix}q` }));
  return QueueUrl;
}

describe('a queue', () => {
  test('is made when the first ticket is sent, encrypted, and keeps tickets for 14 days', async () => {
    const prefix = newPrefix();
    await ticketsOn(prefix).send('q', [ticket(1)]);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: await urlOf(prefix), AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      MessageRetentionPeriod: String(14 * DAY_SECONDS),
      VisibilityTimeout: '30',
      SqsManagedSseEnabled: 'true',
    });
  });

  test('is empty while nothing is visible, and where nothing was ever sent', async () => {
    const tickets = ticketsOn(newPrefix());
    expect(await tickets.isEmpty?.('q')).toBe(true);
    await tickets.send('q', [ticket(1)]);
    expect(await tickets.isEmpty?.('q')).toBe(false);
    await tickets.receive('q');
    expect(await tickets.isEmpty?.('q')).toBe(true);
  });

  test('of dead letters shows tickets and what is none, ten at most at a time', async () => {
    const prefix = newPrefix();
    const tickets = ticketsOn(prefix);
    expect(await tickets.deadLetters?.('q')).toEqual([]);
    await tickets.send('q', [ticket(7, { generation: 2 })]);
    await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(prefix), MessageBody: 'hello' }));
    const letters = (await tickets.deadLetters?.('q')) ?? [];
    const [known] = letters.filter(letter => letter.ticket);
    expect(known?.ticket).toEqual({ block: 7, generation: 2 });
    expect(letters.map(({ text }) => text).sort()).toEqual(['hello', '{"block":7,"generation":2}']);
    await tickets.delete('q', known?.receipt ?? '');
  });

  test('is not made to be received from', async () => {
    const prefix = newPrefix();
    expect(await ticketsOn(prefix).receive('q')).toBeUndefined();
    await expect(urlOf(prefix)).rejects.toThrow('does not exist');
  });

  test('that another process dropped is empty, and is made again for the next ticket', async () => {
    const prefix = newPrefix();
    const [mine, others] = [ticketsOn(prefix), ticketsOn(prefix)];
    await mine.send('q', [ticket(1)]);
    const { receipt } = await receiveOne(mine);
    await others.drop('q');
    await mine.hide('q', receipt, 0);
    await mine.delete('q', receipt);
    expect(await mine.receive('q')).toBeUndefined();
    await mine.send('q', [ticket(2)]);
    await others.drop('q');
    await mine.send('q', [ticket(3)]);
    expect(await receiveAll(mine)).toEqual([3]);
  });

  test('leaves out what others put into it, for good', async () => {
    const prefix = newPrefix();
    const tickets = ticketsOn(prefix);
    await tickets.send('q', []);
    await tickets.send('q', [ticket(1)]);
    await tickets.delete('q', (await receiveOne(tickets)).receipt);
    await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(prefix), MessageBody: '{"block":"x"}' }));
    await tickets.send('q', [ticket(2)]);
    expect(await receiveAll(tickets)).toEqual([2]);
  });
});

describe('tickets', () => {
  test('that SQS does not take at first are sent again, and the others are not', async () => {
    const prefix = newPrefix();
    const client = newClient();
    let batches = 0;
    client.middlewareStack.add(
      next => async args => {
        const all = 'Entries' in args.input ? (args.input.Entries ?? []) : [];
        const entries = all.filter(entry => 'MessageBody' in entry);
        if (entries.length === 0) return next(args);
        batches += 1;
        const taken = batches === 1 ? entries.slice(0, 4) : entries;
        const { response, output } = await next({ ...args, input: { ...args.input, Entries: taken } });
        const Failed = entries
          .filter(entry => !taken.includes(entry))
          .map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' }));
        return { response, output: { ...output, Failed } };
      },
      { step: 'initialize' },
    );
    const blocks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    await ticketsOn(prefix, { client }).send(
      'q',
      blocks.map(block => ticket(block)),
    );
    expect(await receiveAll(ticketsOn(prefix))).toEqual(blocks);
    expect(batches).toBe(2);
  });

  test('for later than SQS can delay come up as late as it can', async () => {
    const prefix = newPrefix();
    const tickets = ticketsOn(prefix);
    await tickets.send('q', [ticket(1, { visibleAt: Date.now() + DAY_SECONDS * 1000 })]);
    expect(await tickets.receive('q')).toBeUndefined();
  });

  test('are hidden for no longer than SQS allows from when they were received', async () => {
    const prefix = newPrefix();
    const clock = new VirtualClock();
    const tickets = ticketsOn(prefix, { clock });
    await tickets.send('q', [ticket(1)]);
    const { receipt } = await receiveOne(tickets);
    await clock.pass(20);
    await tickets.hide('q', receipt, Number.MAX_SAFE_INTEGER);
    expect(await tickets.receive('q')).toBeUndefined();
  });

  test('of a thousand are all sent', async () => {
    const prefix = newPrefix();
    const tickets = ticketsOn(prefix);
    await tickets.send(
      'q',
      Array.from({ length: 1000 }, (_, block) => ticket(block)),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await urlOf(prefix),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1000');
  });
});

test('a queue that was dropped a moment ago, which SQS does not make again yet, is unavailable', async () => {
  const client = meddle(newClient(1), async (pass, attempt) => {
    if (attempt === 2) throw answered('QueueDeletedRecently', 'client', 400);
    await pass();
  });
  const send = ticketsOn(newPrefix(), { client }).send('q', [ticket(1)]);
  await expect(send).rejects.toThrow(PortUnavailable);
  await expect(send).rejects.toThrow('q was dropped less than a minute ago');
});

test.each([
  answered('RequestThrottled', 'client', 400),
  answered('OverLimit', 'client', 403),
  answered('InternalFailure', 'server', 500),
  lostAnswer(),
])('a queue that cannot be used now is unavailable: %s', async error => {
  const client = meddle(newClient(1), async () => {
    throw error;
  });
  const tickets = ticketsOn('any-', { client });
  await expect(tickets.receive('q')).rejects.toThrow(PortUnavailable);
  await expect(tickets.send('q', [ticket(1)])).rejects.toThrow(PortUnavailable);
  await expect(tickets.drop('q')).rejects.toThrow(PortUnavailable);
});

describe('the name of a queue in SQS', () => {
  test('has every character of a lane in one SQS allows', () => {
    expect(queueNameOf('sluice-', 'p7-tape_a.b@c+d-E')).toBe('sluice-p7-tape__a_db_ac_pd-E');
  });

  test('differs for every queue, long or short, and has at most 80 characters', () => {
    const lanes = ['a', '_', '__', '.', '_d', '@', '+', '-'].flatMap(end => [
      `p1-${end}`,
      `p1-${'x'.repeat(63)}${end}`,
      `p1-${'_'.repeat(60)}${end}`,
    ]);
    const names = lanes.map(lane => queueNameOf('sluice-production-', lane));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
  });
});
