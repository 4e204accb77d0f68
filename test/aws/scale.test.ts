import { expect, onTestFinished, test } from 'vitest';
import { awsClients, connect } from '../../functions/wiring.ts';
import { wholeProject } from '../bench/scale/whole-project.ts';
import { newPlace } from '../cost/place.ts';

const FILES = 1_000_000;
/** An emulator on two cores takes some four minutes; one that is busy otherwise, more. */
const TIMEOUT_MILLIS = 1_800_000;

test('a project of a million files is loaded, worked on and ended, 256 files a call', {
  timeout: TIMEOUT_MILLIS,
}, async () => {
  const place = await newPlace();
  onTestFinished(() => place.remove());
  const home = connect(place.environment, awsClients(place.environment));
  const { state, counts, done, calls } = await wholeProject(home, { files: FILES, workers: 8 });
  expect({ state, counts, done }).toEqual({
    state: 'done',
    counts: { ready: 0, reserved: 0, done: FILES, failed: 0 },
    done: FILES,
  });
  // A call for each of the 3,907 blocks, and a few more at the end.
  expect(calls).toBeLessThan(4_100);
});
