import { expect, onTestFinished, test } from 'vitest';
import { awsClients, connect } from '../../functions/wiring.ts';
import { wholeProject } from '../bench/scale/whole-project.ts';
import { newPlace } from '../cost/place.ts';

/** A tenth of a million: `npm run scale` takes a whole one through its life. */
const FILES = 100_000;

test('a large project is loaded, worked on and ended, 256 files a call', { timeout: 600_000 }, async () => {
  const place = await newPlace();
  onTestFinished(() => place.remove());
  const home = connect(place.environment, awsClients(place.environment));
  const { state, counts, done, calls } = await wholeProject(home, { files: FILES, workers: 8 });
  expect({ state, counts, done }).toEqual({
    state: 'done',
    counts: { ready: 0, reserved: 0, done: FILES, failed: 0 },
    done: FILES,
  });
  // A call for each block of 98 files, and a few more at the end.
  expect(calls).toBeLessThan(1_200);
});
