import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockWorld } from '../../support/model/block-world.ts';
import { type Setting, settings, stories } from '../../support/model/commands.ts';

/** Thousands of stories take seconds; a busy machine may take longer. */
const PATIENCE_MILLIS = 60_000;

test('whatever befalls a block, it agrees with the model, keeps its invariants and its ticket comes up in time', {
  timeout: PATIENCE_MILLIS,
}, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(settings, stories('done', 'failed', 'retry', 'retry', 'release'), (setting, story) => {
      const world = new BlockWorld(setting, seen);
      for (const command of story) world.step(command);
    }),
    { numRuns: 2000 },
  );
  const answers = [
    ...['leased', 'empty', 'unusable', 'full', 'accepted', 'repeated'],
    ...['unknown', 'expired', 'overtaken', 'settled', 'other-worker', 'not-reserved'],
    ...['heartbeat kept', 'heartbeat lost', 'lease ended', 'restarted', 'nothing to restart'],
  ];
  expect([...seen.keys()]).toEqual(expect.arrayContaining(answers));
});

test('with more backoffs at once than a block can tell apart, files wait longer than asked, never shorter', {
  timeout: PATIENCE_MILLIS,
}, () => {
  const seen = new Map<string, number>();
  const setting: Setting = {
    slots: 40,
    maxLeases: 40,
    policy: {
      maxAttempts: null,
      retryBackoffSeconds: 20,
      retryBackoffMaxSeconds: 60,
      onLeaseExpiry: 'retry',
    },
  };
  fc.assert(
    fc.property(stories('retry', 'retry', 'retry', 'done'), story => {
      const world = new BlockWorld(setting, seen);
      for (const command of story) world.step(command);
    }),
    { numRuns: 400 },
  );
  expect(seen.get('waits longer')).toBeGreaterThan(10);
});
