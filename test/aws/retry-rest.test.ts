import { expect, test } from 'vitest';
import { retryRest } from '../../lib/aws/retry-rest.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';

function clockThatNotes() {
  const pauses: number[] = [];
  const sleep = async (millis: number) => void pauses.push(millis);
  return { clock: { now: () => 0, sleep }, pauses };
}

test('only what was not taken is sent again, after longer and longer pauses', async () => {
  const { clock, pauses } = clockThatNotes();
  const sent: (readonly number[])[] = [];
  await retryRest(clock, 'sending', [1, 2, 3, 4], async rest => {
    sent.push(rest);
    return rest.slice(1);
  });
  expect(sent).toEqual([[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]]);
  expect(pauses).toHaveLength(3);
  for (const [n, pause] of pauses.entries()) {
    expect(pause).toBeGreaterThanOrEqual(12.5 * 2 ** n);
    expect(pause).toBeLessThanOrEqual(37.5 * 2 ** n);
  }
});

test('what is never taken is unavailable, in a sentence', async () => {
  const sending = retryRest(clockThatNotes().clock, 'sending', [1, 2], async () => [2]);
  await expect(sending).rejects.toThrow(PortUnavailable);
  await expect(sending).rejects.toThrow('sending: 1 of 2 were not taken in 8 tries');
});
