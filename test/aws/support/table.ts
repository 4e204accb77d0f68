import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { dynamo, newName } from './clients.ts';
import { makeTable } from './make-table.ts';

/** Makes empty tables as a deployment has one, and deletes them when the file's tests are over. */
export function tables(): () => Promise<string> {
  const made: string[] = [];
  afterAll(async () => {
    for (const TableName of made) await dynamo.send(new DeleteTableCommand({ TableName }));
  });
  return async () => {
    const TableName = newName();
    await makeTable(TableName);
    made.push(TableName);
    return TableName;
  };
}
