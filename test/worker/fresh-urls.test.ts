import { describe, expect, test } from 'vitest';
import { dids, Hands, setup } from './support.ts';

/** A worker that has two files, of which the second waits for its turn. */
async function withOneWaiting(leaseSeconds: number | null) {
  const scene = setup({ files: dids(2), leaseSeconds });
  const hands = new Hands();
  const worker = scene.start({ handler: hands.handler, prefetch: 1, site: 'FNAL' });
  await scene.clock.pass(1);
  return { ...scene, ...worker, hands };
}

describe('a file that waited for its turn', () => {
  test('is begun with the URLs it came with while these are sure to work', async () => {
    const { clock, server, hands } = await withOneWaiting(3600);
    const asked = server.inputs('held').length;
    await clock.pass(29 * 60);
    hands.finish('f0');
    await clock.pass(1);
    expect(hands.busyWith).toEqual(['f1']);
    expect(server.inputs('held')).toHaveLength(asked);
  });

  test.each([
    ['longer than its lease was at first, though that was extended', 600, 11 * 60],
    ['half an hour', 86_400, 31 * 60],
    ['half an hour, in a project whose leases do not end', null, 31 * 60],
  ])('%s is begun with new ones', async (_, leaseSeconds, seconds) => {
    const { clock, server, hands, ended } = await withOneWaiting(leaseSeconds);
    await clock.pass(seconds);
    hands.finish('f0');
    await clock.pass(1);
    expect(server.inputs('held').at(-1)).toEqual({ project: 7, worker: 'w1', site: 'FNAL', token: '7.f1.2' });
    const { file } = hands.job('f1');
    expect(file).toMatchObject({ token: '7.f1.2', url: 'http://near.example/f1' });
    expect('worker' in file).toBe(false);
    if (leaseSeconds !== null) expect(file.deadline).toBeGreaterThan(clock.now());
    hands.finish('f1');
    expect(await clock.until(ended)).toMatchObject({ done: 2, refused: 0 });
  });

  test('and was given to somebody else meanwhile is refused as any other', async () => {
    const { clock, server, hands, ended } = await withOneWaiting(null);
    await clock.pass(31 * 60);
    server.giveAway('f1');
    hands.finish('f0');
    await clock.pass(1);
    hands.finish('f1');
    await clock.pass(1);
    server.makeReady('f1');
    await clock.pass(30);
    hands.finish('f1');
    expect(await clock.until(ended)).toMatchObject({ done: 2, refused: 1 });
  });

  test('is not begun when its worker was stopped while it asked in vain for new ones', async () => {
    const { clock, server, hands, ended, stop } = await withOneWaiting(null);
    await clock.pass(31 * 60);
    server.away = true;
    hands.finish('f0');
    await clock.pass(1);
    stop();
    expect(await clock.until(ended)).toMatchObject({ done: 0, failed: 0 });
    expect(hands.begun).toEqual(['f0']);
  });
});
