import { parseArgs } from 'node:util';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { dynamo, newName, sqs } from '../aws/support/clients.ts';
import { makeTable } from '../aws/support/make-table.ts';
import { emulatedHome } from './scale/emulated-home.ts';
import { wholeProject } from './scale/whole-project.ts';

/**
 * A whole large project on an emulator of AWS, through the use-cases and adapters themselves: `AWS_ENDPOINT_URL`, or
 * http://127.0.0.1:4566.
 *
 *     npm run scale -- --files 1000000
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '8' },
  },
});
const [table, prefix] = [newName(), `${newName()}-`];
await makeTable(table);
try {
  const project = { files: Number(values.files), workers: Number(values.workers) };
  const home = emulatedHome({ dynamo, sqs, table, prefix });
  console.log(project, await wholeProject(home, project));
} finally {
  await dynamo.send(new DeleteTableCommand({ TableName: table }));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }));
  for (const QueueUrl of QueueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
}
