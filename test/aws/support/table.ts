import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { dynamo, newName } from './clients.ts';

/** Makes empty tables as a deployment has one, and deletes them when the file's tests are over. */
export function tables(): () => Promise<string> {
  const made: string[] = [];
  afterAll(async () => {
    for (const TableName of made) await dynamo.send(new DeleteTableCommand({ TableName }));
  });
  return async () => {
    const TableName = newName();
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'partition', AttributeType: 'S' },
          { AttributeName: 'sort', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'partition', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
      }),
    );
    made.push(TableName);
    return TableName;
  };
}
