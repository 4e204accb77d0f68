import { expect, test } from 'vitest';
import { emulatedHome } from '../bench/scale/emulated-home.ts';
import { wholeProject } from '../bench/scale/whole-project.ts';
import { dynamo, sqs } from './support/clients.ts';
import { queuePrefixes } from './support/queues.ts';
import { tables } from './support/table.ts';

const [newTable, newPrefix] = [tables(), queuePrefixes()];
/** A tenth of a million: `npm run scale` takes a whole one through its life. */
const FILES = 100_000;

test('a large project is loaded, worked on and ended, 256 files a call', { timeout: 600_000 }, async () => {
  const home = emulatedHome({ dynamo, sqs, table: await newTable(), prefix: newPrefix() });
  const { state, counts, done, calls } = await wholeProject(home, { files: FILES, workers: 8 });
  expect({ state, counts, done }).toEqual({
    state: 'done',
    counts: { ready: 0, reserved: 0, done: FILES, failed: 0 },
    done: FILES,
  });
  // A call for each block of 98 files, and a few more at the end.
  expect(calls).toBeLessThan(1_200);
});
