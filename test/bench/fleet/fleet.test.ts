import { expect, test } from 'vitest';
import { plots } from './plots.ts';
import { type Scenario, simulate } from './simulate.ts';
import { tableOf } from './table-of.ts';

const SCENARIO: Scenario = {
  ...{ files: 100_000, workers: 1_000, perCall: 10, seed: 1 },
  ...{
    meanSeconds: 60,
    sigma: 0.5,
    rampSeconds: 60,
    deathsPerHour: 0.1,
    leaseSeconds: 1_200,
    blockBytes: 1_024,
  },
};

test('a fleet of which some die ends a project soon after the last lease, within the limits of AWS', {
  timeout: 240_000,
}, async () => {
  const outcome = await simulate(SCENARIO);
  const { run, load } = outcome;
  expect(outcome.state).toBe('done');
  expect(outcome.deaths).toBeGreaterThan(50);
  // One who dies at the end keeps its ten files for a lease; ten of the slowest then take some means more.
  const tail = SCENARIO.leaseSeconds + 3 * SCENARIO.perCall * SCENARIO.meanSeconds;
  expect(outcome.makespanSeconds).toBeLessThan(outcome.idealSeconds * 1.05 + tail);
  expect(run.mostInFlight).toBeLessThanOrEqual(1_100);
  expect(run.mostInPartition).toBeLessThan(500);
  expect(load.mostInPartition).toBeLessThanOrEqual(1_000);
  expect(run.throttled + run.refused).toBe(0);
  expect(run.conflicts).toBeLessThan(run.invocations / 100);
});

test('the same seed gives the same run, to the last figure', { timeout: 240_000 }, async () => {
  const small = { ...SCENARIO, files: 2_000, workers: 100, perCall: 1 };
  const [one, two, other] = [
    await simulate(small),
    await simulate(small),
    await simulate({ ...small, seed: 2 }),
  ];
  expect(two).toEqual(one);
  expect(other.makespanSeconds).not.toBe(one.makespanSeconds);
  expect(tableOf([one, other]).split('\n').at(0)).toBe('| files a call | 1 | 1 |');
  expect(plots([one, other]).match(/<polyline/g)?.length).toBeGreaterThan(8);
});
