import { randomBytes } from 'node:crypto';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import {
  type Clock,
  type Item,
  type JsonObject,
  type Key,
  PortUnavailable,
  type Store,
  type Value,
} from '../dispatch/ports.ts';
import { fromAttributes, toAttributes } from './json-attributes.ts';
import { isNamed, reach } from './reach.ts';
import { retryRest } from './retry-rest.ts';

export interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  /** A table with the keys `partition` (hash) and `sort` (range), both text. */
  readonly table: string;
  readonly clock: Clock;
}

type Attributes = Record<string, AttributeValue>;

/** Items DynamoDB removes in one request. */
const REMOVED_AT_ONCE = 25;

/**
 * `Store` on one table of DynamoDB. An item has `partition`, `sort`, `version`, `write` (the id of the write that made
 * it) and its value: JSON as a native map in `value`, so that the console shows it, or bytes in `bytes`. JSON that
 * DynamoDB cannot hold natively is kept as text in `json`.
 */
export function dynamoStore({ client, table, clock }: DynamoStoreOptions): Store {
  const what = `table ${table}`;

  async function query(partition: string, after: string | undefined, limit: number) {
    const { Items = [], LastEvaluatedKey } = await reach(
      what,
      client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': 'partition' },
          ExpressionAttributeValues: { ':partition': { S: partition } },
          ...(after !== undefined && { ExclusiveStartKey: attributesOf({ partition, sort: after }) }),
        }),
      ),
    );
    return { items: Items.map(itemOf), next: LastEvaluatedKey?.sort?.S };
  }

  return {
    async get(key) {
      const { Item: found } = await reach(
        what,
        client.send(new GetItemCommand({ TableName: table, Key: attributesOf(key), ConsistentRead: true })),
      );
      return found && itemOf(found);
    },
    async put(key, value, expected, options) {
      const write = randomBytes(6).toString('base64url');
      const put = new PutItemCommand({
        TableName: table,
        Item: {
          ...attributesOf(key),
          version: { N: String(expected + 1) },
          write: { S: write },
          ...storedValue(value),
          // DynamoDB removes it within days of this time, in seconds.
          ...(options && { ttl: { N: String(Math.ceil(options.uselessAt / 1000)) } }),
        },
        ExpressionAttributeNames: { '#version': 'version' },
        ...(expected === 0
          ? { ConditionExpression: 'attribute_not_exists(#version)' }
          : {
              ConditionExpression: '#version = :expected',
              ExpressionAttributeValues: { ':expected': { N: String(expected) } },
            }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await reach(what, client.send(put));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return wasWritten(error, write, expected);
        if (isNamed(error, 'ValidationException') && /size/i.test(String(error)))
          throw new Error(`${key.partition}/${key.sort} is too large for an item of DynamoDB (400 KB)`, {
            cause: error,
          });
        throw error;
      }
    },
    async list(partition, { after, limit }) {
      const items: Item[] = [];
      // DynamoDB ends a page at 1 MB, however few items that are.
      for (let from = after; items.length < limit; ) {
        const page = await query(partition, from, limit - items.length);
        items.push(...page.items);
        if (page.next === undefined) break;
        from = page.next;
      }
      return items;
    },
    async remove(keys) {
      for (let first = 0; first < keys.length; first += REMOVED_AT_ONCE) {
        const requests = keys
          .slice(first, first + REMOVED_AT_ONCE)
          .map((key): WriteRequest => ({ DeleteRequest: { Key: attributesOf(key) } }));
        await retryRest(clock, `removing items of ${what}`, requests, async rest => {
          const command = new BatchWriteItemCommand({ RequestItems: { [table]: [...rest] } });
          const { UnprocessedItems } = await reach(what, client.send(command));
          return UnprocessedItems?.[table] ?? [];
        });
      }
    },
  };
}

/**
 * Whether a put that was refused took place all the same: when its answer is lost, the SDK sends it again, and that
 * meets what the first one wrote.
 */
function wasWritten(refusal: ConditionalCheckFailedException, write: string, expected: number): boolean {
  if (refusal.Item?.write?.S === write) return true;
  const version = Number(refusal.Item?.version?.N ?? 0);
  if ((refusal.$metadata.attempts ?? 1) > 1 && version > expected + 1)
    throw new PortUnavailable('the answer to a write was lost, and others have written over it since');
  return false;
}

function attributesOf({ partition, sort }: Key): Attributes {
  return { partition: { S: partition }, sort: { S: sort } };
}

function storedValue(value: Value): Attributes {
  if (value instanceof Uint8Array) return { bytes: { B: new Uint8Array(value) } };
  const map = toAttributes(value);
  return map ? { value: map } : { json: { S: JSON.stringify(value) } };
}

function itemOf(attributes: Attributes): Item {
  const { partition, sort, version } = attributes;
  if (partition?.S === undefined || sort?.S === undefined || version?.N === undefined)
    throw new Error('the table holds an item that is not of Sluice');
  return {
    key: { partition: partition.S, sort: sort.S },
    version: Number(version.N),
    value: documentOf(attributes),
  };
}

function documentOf({ value, bytes, json }: Attributes): Value {
  if (bytes?.B) return bytes.B;
  if (value?.M) return fromAttributes(value.M);
  const document: unknown = JSON.parse(json?.S ?? 'null');
  if (!isObject(document)) throw new Error('the table holds something that is not an object');
  return document;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
