import { expect, test } from 'vitest';
import { Durations } from '../../lib/dispatch/durations.ts';

const timing = (files: number, millis: number) => ({ timing: { files, millis } });

test('what the blocks of a project tell is put together, each as it was seen last', () => {
  const durations = new Durations();
  expect(durations.meanSeconds(1)).toBeUndefined();
  durations.observe(1, 0, timing(1, 8_000));
  durations.observe(1, 0, timing(3, 12_000));
  durations.observe(1, 1, timing(1, 4_000));
  durations.observe(2, 0, timing(1, 90_000));
  expect(durations.meanSeconds(1)).toBe(4);
});

test('what was learnt of a project is forgotten whole, and may be learnt again', () => {
  const durations = new Durations();
  durations.observe(1, 0, timing(2, 8_000));
  durations.forget(1);
  expect(durations.meanSeconds(1)).toBeUndefined();
  durations.observe(1, 0, timing(2, 8_000));
  expect(durations.meanSeconds(1)).toBe(4);
});
