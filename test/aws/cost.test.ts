import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plus, priceOf, type Usage } from '../../lib/domain/prices.ts';
import {
  BUDGETS,
  dollars,
  FILES_PER_CALL,
  loadPerBlock,
  NAIVE_FILES,
  naivePerFile,
  perMillionFiles,
  workPerBlock,
} from '../cost/measure.ts';
import type { Bill } from '../cost/meter.ts';
import { newPlace, type Place } from '../cost/place.ts';
import { create, load, type MeteredSluice, meteredSluice } from '../cost/sluice.ts';
import { itemBytes } from '../support/item-bytes.ts';
import { dynamo, newName } from './support/clients.ts';
import { Reserved } from './support/reserved.ts';

/** Two thousand calls, one after the other, and half a minute for tickets to come up. */
const PATIENCE_MILLIS = 400_000;

let place: Place;
let loaded: Bill;

beforeAll(async () => {
  place = await newPlace();
  loaded = await loadPerBlock(place);
}, PATIENCE_MILLIS);
afterAll(() => place.remove());

/** Requests and what is paid of each purpose, without those that a further block does not take. */
function countsOf(bill: Bill): Record<string, number[]> {
  const counted = [...bill].filter(([, { requests, usage }]) => requests !== 0 || priceOf(usage) !== 0);
  return Object.fromEntries(
    counted
      .filter(([purpose]) => purpose !== 'Lambda')
      .map(([purpose, { requests, usage }]) => [purpose, [requests, ...Object.values(usage)]]),
  );
}

test('the names of a block are a 32nd of an object, its index a 64th of one, its ticket a tenth of a request', () => {
  expect(countsOf(loaded)).toEqual({
    'S3 PutObject pages/files': [1 / 32, 1 / 32],
    'S3 PutObject pages/index': [1 / 64, 1 / 64],
    'SQS SendMessageBatch': [1 / 10, 1 / 10],
  });
});

describe.each(FILES_PER_CALL)('at %i files a call', filesPerCall => {
  test('a full block takes a read and a write a call, and a few more, and stays within its budget', {
    timeout: PATIENCE_MILLIS,
  }, async () => {
    const work = await workPerBlock(place, filesPerCall);
    const calls = Math.ceil(256 / filesPerCall);
    const { 'DynamoDB Query blocks': counting = [], ...counts } = countsOf(work);

    expect(counts).toEqual({
      'DynamoDB GetItem blocks': [calls + 2, calls + 2],
      'DynamoDB PutItem blocks': [calls + 1, calls + 1],
      'DynamoDB GetItem closed': [2, 2],
      'DynamoDB PutItem closed': [1, 1],
      'SQS ReceiveMessage': [2, 2],
      'SQS DeleteMessage': [1, 1],
      ...(filesPerCall < 32 && { 'SQS ChangeMessageVisibility': [1, 1] }),
    });
    expect(work.get('Lambda')?.requests).toBe(calls);
    // The count at the end, of as many blocks as are read together in one unit.
    expect(counting[1] ?? 0).toBeLessThanOrEqual(0.25);
    expect(perMillionFiles(loaded, work)).toBeLessThanOrEqual(BUDGETS[filesPerCall]);
  });

  test('an item and a message for each file take three writes, and messages in batches of ten', {
    timeout: PATIENCE_MILLIS,
  }, async () => {
    const calls = Math.ceil(NAIVE_FILES / filesPerCall) + 1;
    const batches = 1 / Math.min(filesPerCall, 10);
    expect(await usageOf(naivePerFile(place, filesPerCall))).toEqual({
      writeUnits: expect.closeTo(3),
      sqsRequests: expect.closeTo(0.1 + 2 * batches),
      lambdaRequests: expect.closeTo(calls / NAIVE_FILES),
      lambdaGigabyteSeconds: expect.any(Number),
    });
  });
});

async function usageOf(bill: Promise<Bill>): Promise<Usage> {
  return [...(await bill).values()].reduce<Usage>((sum, { usage }) => plus(sum, usage), {});
}

/** Bills of a worker who holds a block: for one file done, and for all others, which closes the block. */
async function doneBills({ api, meter }: MeteredSluice, project: number): Promise<Bill[]> {
  const { reservations } = Reserved.parse(await api({ verb: 'reserve', project, worker: 'w', count: 256 }));
  const [first = '', ...others] = reservations.map(({ token }) => token);
  expect(others).toHaveLength(255);
  meter.bill();
  const bills: Bill[] = [];
  for (const tokens of [[first], others]) {
    await api({ verb: 'done', project, done: tokens.map(token => ({ token })) });
    bills.push(meter.bill());
  }
  return bills;
}

/** A project of ten million files of which only those of the first object can be worked on: the others have no tickets. */
async function tenMillion(sluice: MeteredSluice): Promise<number> {
  const [files, blocks] = [10_000_000, 39_063];
  const { context } = sluice;
  const id = await create(sluice);
  const { record } = await context.projects.readNow(id);
  const write = context.catalogue.write(record, blocks);
  const names = place.filesOf(32 * 256);
  for (let block = 0; block < 32; block += 1)
    await write(block, names.slice(256 * block, 256 * (block + 1)), false);
  const project = await context.projects.change(id, ({ source: _, progress: __, ...record }) => ({
    ...record,
    ...{ state: 'active', files, blockSize: 256, lanes: [{ lane: 'default', first: 0, blocks, files }] },
  }));
  await context.tickets.send(`p${project.id}-default`, [{ block: 7, generation: 1, visibleAt: 0 }]);
  return id;
}

test('done costs in a project of ten million files what it costs in one of a thousand', async () => {
  const sluice = meteredSluice(place, { ways: 4 });
  const small = await doneBills(sluice, await load(sluice, place.filesOf(1024)));
  const large = await doneBills(sluice, await tenMillion(sluice));

  const [one = {}, closing = {}] = small.map(countsOf);
  expect(large.map(countsOf)).toEqual([one, closing]);
  expect(large.map(dollars)).toEqual(small.map(dollars));
  expect(one).toEqual({ 'DynamoDB GetItem blocks': [1, 1], 'DynamoDB PutItem blocks': [1, 1] });
  expect(closing).toEqual({
    ...one,
    'DynamoDB GetItem closed': [1, 1],
    'DynamoDB PutItem closed': [1, 1],
  });
});

test('the sizes of items that tests reckon with are those that are paid for', async () => {
  const item = {
    partition: { S: newName() },
    sort: { S: 'a' },
    value: {
      M: {
        list: {
          L: [{ N: '1795329999000' }, { N: '-12.5' }, { NULL: true }, { BOOL: false }, { S: 'Grüße' }],
        },
        none: { M: {} },
      },
    },
  };
  const unitsOf = async (bytes: number) => {
    const padding = { S: 'x'.repeat(bytes - itemBytes(item) - 'padding'.length) };
    const put = new PutItemCommand({
      TableName: place.table,
      Item: { ...item, padding },
      ReturnConsumedCapacity: 'TOTAL',
    });
    return (await dynamo.send(put)).ConsumedCapacity?.CapacityUnits;
  };
  expect([await unitsOf(1024), await unitsOf(1025)]).toEqual([1, 2]);
});
