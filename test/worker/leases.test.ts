import { describe, expect, test } from 'vitest';
import { dids, Hands, setup } from './support.ts';

describe('heartbeats', () => {
  test('keep a lease while its file is worked on, however long that takes', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: 60 });
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler });
    await clock.pass(24 * 3600);
    hands.finish('f0');
    expect(await clock.until(ended)).toMatchObject({ done: 1, refused: 0 });
    expect(server.files.get('f0')?.attempts).toBe(1);
  });

  test('come at a third of the lease, for all files held in one call', async () => {
    const { clock, server, start } = setup({ files: dids(5), leaseSeconds: 60 });
    start({ handler: new Hands().handler, concurrency: 2, prefetch: 2 });
    await clock.pass(19.9);
    expect(server.inputs('heartbeat')).toEqual([]);
    await clock.pass(0.2);
    expect(server.inputs('heartbeat')).toEqual([
      { project: 7, worker: 'w1', tokens: ['7.f0.1', '7.f1.2', '7.f2.3', '7.f3.4'] },
    ]);
    await clock.pass(100);
    expect(server.inputs('heartbeat')).toHaveLength(6);
  });

  test('of leases without an end come every five minutes, to hear of a cancelled project', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null });
    start({ handler: new Hands().handler });
    await clock.pass(16 * 60);
    expect(server.inputs('heartbeat')).toHaveLength(3);
  });

  test('begin again for files that come after a time without any', async () => {
    const { clock, server, start } = setup({ files: dids(2), leaseSeconds: 60 });
    server.giveAway('f0');
    server.giveAway('f1');
    const hands = new Hands();
    start({ handler: hands.handler });
    await clock.pass(50);
    expect(server.inputs('heartbeat')).toEqual([]);
    await clock.pass(60);
    expect(hands.busyWith).toEqual(['f0']);
    expect(server.inputs('heartbeat').length).toBeGreaterThan(1);
  });

  test('are repeated soon when the server is away, and kept up when it is back', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: 60 });
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler });
    await clock.pass(15);
    server.away = true;
    await clock.pass(20);
    server.away = false;
    await clock.pass(20);
    expect(server.inputs('heartbeat')).toHaveLength(1);
    await clock.pass(600);
    hands.finish('f0');
    expect(await clock.until(ended)).toMatchObject({ done: 1, refused: 0 });
  });

  test('go out in several calls when there are more tokens than one may have', async () => {
    const { clock, server, start } = setup({ files: dids(1100), leaseSeconds: 60 });
    server.reserveFor('w1', ...dids(1100));
    start({ handler: new Hands().handler });
    await clock.pass(21);
    expect(server.inputs('heartbeat').map(({ tokens }) => tokens?.length)).toEqual([1024, 76]);
  });

  test('that are refused for who asks do not end the worker: the next request for files does', async () => {
    const { clock, server, start } = setup({ files: dids(2), leaseSeconds: 60 });
    const hands = new Hands();
    const worker = start({ handler: hands.handler });
    await clock.settle();
    server.refusesAll = 'unauthenticated';
    await clock.pass(200);
    expect(hands.busyWith).toEqual(['f0']);
    hands.finish('f0');
    await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a lost lease', () => {
  test('aborts its handler, and what that makes of it is not reported', async () => {
    const { clock, server, start } = setup({ files: dids(2), leaseSeconds: 60 });
    const hands = new Hands();
    const worker = start({ handler: hands.handler, concurrency: 2 });
    await clock.settle();
    const { signal } = hands.job('f0');
    server.giveAway('f0');
    await clock.pass(21);
    expect(signal.aborted).toBe(true);
    expect(hands.busyWith).toEqual(['f1']);
    expect(worker.events).toContainEqual(
      expect.objectContaining({ type: 'lost', file: expect.objectContaining({ did: 'f0' }) }),
    );
    expect(server.inputs('advance').flatMap(({ failed = [] }) => failed)).toEqual([]);
  });

  test('of a file that waits its turn takes it off the bench', async () => {
    const { clock, server, start } = setup({ files: dids(3), leaseSeconds: 60 });
    const hands = new Hands();
    start({ handler: hands.handler, prefetch: 1 });
    await clock.settle();
    server.giveAway('f1');
    await clock.pass(21);
    hands.finish('f0');
    await clock.settle();
    expect(hands.begun).toEqual(['f0', 'f2']);
  });

  test('frees no place before its handler has ended, so that no more run than may', async () => {
    const { clock, server, start } = setup({ files: dids(3), leaseSeconds: 60 });
    const hands = new Hands();
    hands.heedful = false;
    start({ handler: hands.handler });
    await clock.settle();
    server.giveAway('f0');
    await clock.pass(50);
    expect(hands.begun).toEqual(['f0']);
    expect(server.inputs('heartbeat')).toHaveLength(1);
    hands.finish('f0');
    await clock.settle();
    expect(hands.begun).toEqual(['f0', 'f1']);
  });
});

test('a project that is over takes all files from its workers', async () => {
  const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null });
  const hands = new Hands();
  const { ended } = start({ handler: hands.handler, concurrency: 2 });
  await clock.settle();
  const file = server.files.get('f0');
  if (file) file.state = 'failed';
  expect(await clock.until(ended)).toEqual({
    ...{ done: 0, failed: 0, retried: 0, released: 0, refused: 0 },
    state: 'failed',
  });
});

test('a file is lost only once, though the project ends later', async () => {
  const { clock, server, start } = setup({ files: dids(1), leaseSeconds: 60 });
  const hands = new Hands();
  hands.heedful = false;
  const worker = start({ handler: hands.handler, concurrency: 2 });
  await clock.settle();
  server.giveAway('f0');
  await clock.pass(21);
  const file = server.files.get('f0');
  if (file) file.state = 'done';
  await clock.until(worker.ended);
  expect(worker.types().filter(type => type === 'lost')).toHaveLength(1);
});

test('a file lost when its project is cancelled is not given back, the others are', async () => {
  const { clock, server, start } = setup({ files: dids(2), leaseSeconds: 60 });
  const hands = new Hands();
  const worker = start({ handler: hands.handler, concurrency: 2 });
  await clock.settle();
  server.giveAway('f0');
  server.cancelled = true;
  await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'project_inactive' });
  expect(server.inputs('advance').flatMap(({ released = [] }) => released)).not.toContain('7.f0.1');
  expect(server.counts()).toEqual({ ready: 1, reserved: 1, done: 0, failed: 0 });
});

test('a cancelled project takes all files from its workers, which give them back and end', async () => {
  const { clock, server, start } = setup({ files: dids(4), leaseSeconds: 60 });
  const hands = new Hands();
  const worker = start({ handler: hands.handler, concurrency: 2, prefetch: 1 });
  await clock.settle();
  server.cancelled = true;
  await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'project_inactive' });
  expect(worker.types()).toContain('cancelled');
  expect(hands.begun).toEqual(['f0', 'f1']);
  expect(server.counts()).toEqual({ ready: 4, reserved: 0, done: 0, failed: 0 });
  expect([...server.files.values()].every(({ attempts }) => attempts === 0)).toBe(true);
});

test('a deleted project ends its workers', async () => {
  const { clock, server, start } = setup({ files: dids(1), leaseSeconds: 60 });
  const hands = new Hands();
  const worker = start({ handler: hands.handler });
  await clock.settle();
  server.refusesAll = 'project_unknown';
  await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'project_unknown' });
});
