import { describe, expect, test } from 'vitest';
import { someFiles, startProcess, tokensOf } from './support.ts';

const MINUTE_MILLIS = 60_000;
const HOUR_SECONDS = 3_600;

const FILES: { name: string; durationSeconds?: number }[] = someFiles(12);

/** A project whose first file took two hours, so that nobody who has one gets any. */
async function slowProject({ maxSlots = 256, files = FILES } = {}) {
  const process = startProcess({ layout: { ways: 1, maxSlots } });
  const { clock } = process.world;
  const id = await process.create({ files, leaseSeconds: null, virtual: true });
  const [token = ''] = tokensOf(await process.reserve(id, { worker: 'slow' }));
  await clock.sleep(2 * HOUR_SECONDS * 1000);
  await process.done(id, { done: [token] });
  return {
    ...{ process, id },
    /** Tokens of the files that a worker with so much time is given, of three it asks for. */
    async ask(worker: string, secondsLeft = HOUR_SECONDS): Promise<string[]> {
      return tokensOf(await process.reserve(id, { worker, secondsLeft, count: 3 }));
    },
    /** A minute goes by, and the sweep comes. */
    async minute(): Promise<void> {
      await clock.sleep(MINUTE_MILLIS);
      await process.sweep();
    },
  };
}

type Slow = Awaited<ReturnType<typeof slowProject>>;

/** Asks each minute; answers after how many something was given, or undefined when nothing was in an hour. */
async function minutesUntilGiven({ ask, minute }: Slow, secondsLeft?: number): Promise<number | undefined> {
  for (let minutes = 0; minutes <= 60; minutes += 1) {
    if ((await ask('w', secondsLeft)).length > 0) return minutes;
    await minute();
  }
  return undefined;
}

describe('a project whose files seem to take longer than any worker has', () => {
  test('hands out one of them when nobody has worked on it for a quarter of an hour', async () => {
    const slow = await slowProject();
    expect(await minutesUntilGiven(slow)).toBe(16);
    expect(await slow.ask('v')).toEqual([]);
    expect(await slow.process.show(slow.id)).toMatchObject({ counts: { reserved: 1 } });
  });

  test.each([256, 4])(
    'goes on with that block as soon as it was quicker (%i files a block)',
    async maxSlots => {
      const slow = await slowProject({ maxSlots });
      await minutesUntilGiven(slow);
      const { reservations } = await slow.process.held(slow.id, { worker: 'w' });
      let done = reservations.map(({ token }) => token);
      const given: number[] = [];
      for (let times = 0; times < 6; times += 1) {
        await slow.process.world.clock.sleep(5_000);
        const reserve = { count: 3, secondsLeft: HOUR_SECONDS };
        const { next } = await slow.process.advance(slow.id, { worker: 'w', done, reserve });
        done = next?.status === 'reserved' ? next.reservations.map(({ token }) => token) : [];
        given.push(done.length);
      }
      expect(given).toEqual([1, 1, 1, 1, 2, 2]);
    },
  );

  test('tries again a quarter of an hour later when that came to nothing', async () => {
    const slow = await slowProject();
    expect(await minutesUntilGiven(slow)).toBe(16);
    const { reservations } = await slow.process.held(slow.id, { worker: 'w' });
    const [token = ''] = reservations.map(held => held.token);
    for (let minutes = 0; minutes < 30; minutes += 1) await slow.minute();
    await slow.process.failed(slow.id, { failed: [{ token, retry: true }] });
    expect(await minutesUntilGiven(slow)).toBe(16);
  });

  test('is left alone while somebody works on it', async () => {
    const slow = await slowProject();
    expect(await slow.ask('long', 10 * HOUR_SECONDS)).toHaveLength(3);
    expect(await minutesUntilGiven(slow)).toBeUndefined();
  });

  test('is left alone while nobody asks', async () => {
    const slow = await slowProject();
    for (let minutes = 0; minutes < 60; minutes += 1) await slow.minute();
    expect(await slow.ask('w')).toEqual([]);
  });
});

test('a file that says itself how long it takes is never given to a worker without that time', async () => {
  const files = [{ name: 'first' }, { name: 'second', durationSeconds: 2 * HOUR_SECONDS }];
  expect(await minutesUntilGiven(await slowProject({ files }))).toBeUndefined();
});

test.each(['cancelled', 'deleted'])('of a project that is %s nothing is remembered', async what => {
  const slow = await slowProject();
  await slow.ask('w');
  await slow.minute();
  const { lulls } = slow.process.context;
  expect([...lulls.keys()]).toEqual([slow.id]);

  if (what === 'deleted') await slow.process.delete(slow.id);
  else await slow.process.cancel(slow.id);
  await slow.minute();
  expect(lulls.size).toBe(0);
});
