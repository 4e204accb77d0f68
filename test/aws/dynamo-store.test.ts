import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynamoStore } from '../../lib/aws/dynamo-store.ts';
import { type JsonObject, PortUnavailable } from '../../lib/dispatch/ports.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { dynamo, OPTIONS } from './support/clients.ts';
import { answered, lostAnswer, meddle } from './support/meddle.ts';
import { tables } from './support/table.ts';

const KEY = { partition: 'p', sort: 's' };
const newTable = tables();

const storeOn = (table: string, client = dynamo) => dynamoStore({ client, table, clock: systemClock });
const newClient = (maxAttempts = 3) => new DynamoDBClient({ ...OPTIONS, maxAttempts });

describe('an item of the table', () => {
  test('shows a document as a native map, with numbers as numbers', async () => {
    const table = await newTable();
    await storeOn(table).put(KEY, { slots: '..D', waits: [1.5], deep: { yes: true } }, 0);
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: { partition: { S: 'p' }, sort: { S: 's' } } }),
    );
    expect(Item).toMatchObject({
      version: { N: '1' },
      value: {
        M: { slots: { S: '..D' }, waits: { L: [{ N: '1.5' }] }, deep: { M: { yes: { BOOL: true } } } },
      },
    });
  });

  test.each<[string, JsonObject]>([
    ['numbers too large for DynamoDB', { n: [1e300, -Number.MAX_VALUE] }],
    ['numbers too small for DynamoDB', { n: Number.MIN_VALUE }],
    ['the largest and smallest numbers it keeps', { n: [1e125, 1e-129] }],
    ['all digits of a number', { n: [0.1 + 0.2, 2 ** 70] }],
    ['more levels than DynamoDB takes', nested(40)],
    ['as many levels as DynamoDB takes', nested(31)],
    ['a member named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
  ])('keeps %s', async (_, value) => {
    const store = storeOn(await newTable());
    await store.put(KEY, value, 0);
    expect(JSON.stringify((await store.get(KEY))?.value)).toBe(JSON.stringify(value));
  });

  test('has the time from which nobody needs it where DynamoDB looks for that, in seconds', async () => {
    const table = await newTable();
    await storeOn(table).put(KEY, {}, 0, { uselessAt: 1_795_329_999_001 });
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: { partition: { S: 'p' }, sort: { S: 's' } } }),
    );
    expect(Item?.ttl).toEqual({ N: '1795330000' });
  });

  test('that would be too large is refused in a sentence', async () => {
    const store = storeOn(await newTable());
    await expect(store.put(KEY, new Uint8Array(500_000), 0)).rejects.toThrow(
      'p/s is too large for an item of DynamoDB (400 KB)',
    );
  });
});

test('every read asks for what was written last: the emulators give that unasked', async () => {
  const table = await newTable();
  const client = newClient();
  const reads: unknown[] = [];
  client.middlewareStack.add(next => async args => {
    reads.push('ConsistentRead' in args.input && args.input.ConsistentRead);
    return next(args);
  });
  await storeOn(table, client).get(KEY);
  await storeOn(table, client).list('p', { limit: 1 });
  expect(reads).toEqual([true, true]);
});

describe('a put whose answer is lost', () => {
  test('is made once, and told as made', async () => {
    const table = await newTable();
    const client = meddle(newClient(), async (pass, attempt) => {
      await pass();
      if (attempt === 1) throw lostAnswer();
    });
    expect(await storeOn(table, client).put(KEY, { n: 1 }, 0)).toBe(true);
    expect(await storeOn(table).get(KEY)).toMatchObject({ value: { n: 1 }, version: 1 });
  });

  test('and that came too late is told as not made', async () => {
    const table = await newTable();
    await storeOn(table).put(KEY, { n: 0 }, 0);
    const client = meddle(newClient(), async (pass, attempt) => {
      if (attempt > 1) return pass();
      await storeOn(table).put(KEY, { n: 1 }, 1);
      await pass();
      throw lostAnswer();
    });
    expect(await storeOn(table, client).put(KEY, { n: 2 }, 1)).toBe(false);
    expect(await storeOn(table).get(KEY)).toMatchObject({ value: { n: 1 } });
  });

  test('and that others wrote over since is told as unknown', async () => {
    const table = await newTable();
    const client = meddle(newClient(), async (pass, attempt) => {
      await pass();
      if (attempt > 1) return;
      await storeOn(table).put(KEY, { n: 2 }, 1);
      throw lostAnswer();
    });
    await expect(storeOn(table, client).put(KEY, { n: 1 }, 0)).rejects.toThrow(PortUnavailable);
  });
});

describe('a table that cannot be used now', () => {
  test.each([
    answered('ProvisionedThroughputExceededException', 'client', 400),
    answered('ThrottlingException', 'client', 400),
    answered('InternalServerError', 'server', 500),
    lostAnswer(),
  ])('is unavailable: %s', async error => {
    const client = meddle(newClient(1), async () => {
      throw error;
    });
    const store = storeOn('any', client);
    await expect(store.get(KEY)).rejects.toThrow(PortUnavailable);
    await expect(store.put(KEY, {}, 0)).rejects.toThrow(PortUnavailable);
    await expect(store.list('p', { limit: 1 })).rejects.toThrow(PortUnavailable);
    await expect(store.remove([KEY])).rejects.toThrow(PortUnavailable);
  });

  test('is tried again before', async () => {
    const client = meddle(newClient(2), async (pass, attempt) => {
      if (attempt === 1) throw answered('ThrottlingException', 'client', 400);
      await pass();
    });
    expect(await storeOn(await newTable(), client).get(KEY)).toBeUndefined();
  });

  test('is not what one that is not there is called', async () => {
    const get = storeOn('no-such-table').get(KEY);
    await expect(get).rejects.toThrow('non-existent table');
    await expect(get).rejects.not.toThrow(PortUnavailable);
  });
});

test('items that DynamoDB leaves unprocessed are removed all the same', async () => {
  const table = await newTable();
  const keys = Array.from({ length: 30 }, (_, n) => ({ partition: 'p', sort: String(n) }));
  await Promise.all(keys.map(key => storeOn(table).put(key, {}, 0)));
  const client = newClient();
  client.middlewareStack.add(
    next => async args => {
      const all = 'RequestItems' in args.input ? args.input.RequestItems?.[table] : undefined;
      const requests = Array.isArray(all) ? all : [];
      const [taken, left] = [requests.slice(0, 10), requests.slice(10)];
      const { response, output } = await next({
        ...args,
        input: { ...args.input, RequestItems: { [table]: taken } },
      });
      return { response, output: { ...output, UnprocessedItems: left.length > 0 ? { [table]: left } : {} } };
    },
    { step: 'initialize' },
  );
  await storeOn(table, client).remove(keys);
  expect(await storeOn(table).list('p', { limit: 100 })).toEqual([]);
});

function nested(levels: number): JsonObject {
  return levels === 1 ? {} : { in: nested(levels - 1) };
}
