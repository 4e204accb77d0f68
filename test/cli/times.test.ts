import { expect, it } from 'vitest';
import { formatTime } from '../../lib/cli/times.ts';

it('writes a time as it is here, in two digits each', () => {
  expect(formatTime(new Date(2026, 2, 1, 4, 5, 9).getTime())).toBe('2026-03-01 04:05:09');
});
