import { dynamoStore } from '../../lib/aws/dynamo-store.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { describeStore } from '../conformance/store.ts';
import { dynamo } from './support/clients.ts';
import { tables } from './support/table.ts';

const newTable = tables();

describeStore('DynamoDB', async () =>
  dynamoStore({ client: dynamo, table: await newTable(), clock: systemClock }),
);
