import { describe, expect, test } from 'vitest';
import { dids, Hands, setup } from './support.ts';

const DONE = async () => undefined;

describe('a worker that is stopped', () => {
  test('reserves nothing more, gives back what it had not begun, and lets its handlers finish', async () => {
    const { clock, server, start } = setup({ files: dids(10) });
    const hands = new Hands();
    const { ended, stop } = start({ handler: hands.handler, concurrency: 2, prefetch: 3 });
    await clock.settle();
    stop();
    await clock.settle();
    expect(server.counts()).toEqual({ ready: 8, reserved: 2, done: 0, failed: 0 });
    await clock.pass(10);
    hands.finishAll();
    expect(await clock.until(ended)).toEqual({ done: 2, failed: 0, retried: 0, released: 3, refused: 0 });
    expect(server.counts()).toEqual({ ready: 8, reserved: 0, done: 2, failed: 0 });
  });

  test('keeps the leases of handlers that finish', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: 6 });
    const hands = new Hands();
    const { ended, stop } = start({ handler: hands.handler });
    await clock.settle();
    stop();
    await clock.pass(19);
    hands.finishAll();
    expect(await clock.until(ended)).toMatchObject({ done: 1, refused: 0 });
    expect(server.inputs('heartbeat').length).toBeGreaterThan(5);
  });

  test('aborts its handlers after the grace, and reports their files as failed, to be tried again', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const hands = new Hands();
    const { ended, stop } = start({ handler: hands.handler, graceSeconds: 5 });
    await clock.settle();
    stop();
    await clock.pass(4.9);
    expect(hands.job('f0').signal.aborted).toBe(false);
    expect(await clock.until(ended)).toMatchObject({ retried: 1, released: 0 });
    expect(server.inputs('advance').at(-1)?.failed).toEqual([
      {
        token: '7.f0.1',
        retry: true,
        reason: 'interrupted: the worker was stopped before the file was finished',
      },
    ]);
  });

  test('takes a result that comes after all when a handler is aborted', async () => {
    const { clock, start } = setup({ files: dids(1) });
    const hands = new Hands();
    hands.heedful = false;
    const { ended, stop } = start({ handler: hands.handler, graceSeconds: 5 });
    await clock.settle();
    stop();
    await clock.pass(6);
    hands.finish('f0');
    expect(await clock.until(ended)).toMatchObject({ done: 1, retried: 0 });
  });

  test('does not wait for ever for a handler that pays no heed', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const hands = new Hands();
    hands.heedful = false;
    const { ended, stop, types } = start({ handler: hands.handler, graceSeconds: 5 });
    await clock.settle();
    const began = clock.now();
    stop();
    expect(await clock.until(ended)).toMatchObject({ retried: 1 });
    expect(clock.now() - began).toBe(15_000);
    hands.finish('f0');
    await clock.settle();
    expect(types().filter(type => type === 'finished')).toHaveLength(1);
    expect(server.counts()).toEqual({ ready: 1, reserved: 0, done: 0, failed: 0 });
  });

  test('ends at once while it waits at the server', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.giveAway('f0');
    const { ended, stop } = start({ handler: DONE });
    await clock.pass(3);
    const began = clock.now();
    stop();
    expect(await clock.until(ended)).toMatchObject({ done: 0, released: 0 });
    expect(clock.now()).toBe(began);
  });

  test('gives back a file that was reserved for it while it turned away', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.giveAway('f0');
    const hands = new Hands();
    const { ended, stop } = start({ handler: hands.handler });
    await clock.pass(3);
    server.answersToLose = 1;
    server.makeReady('f0');
    stop();
    expect(await clock.until(ended)).toMatchObject({ released: 1 });
    expect(hands.begun).toEqual([]);
    expect(server.counts()).toEqual({ ready: 1, reserved: 0, done: 0, failed: 0 });
    const names = server.inputs('advance').map(({ requestId }) => requestId);
    expect(names.slice(0, 2)).toEqual(['r0', 'r0']);
  });

  test('ends at once while it waits between two requests', async () => {
    const { clock, server, start } = setup({ files: dids(1), retryAfterSeconds: 1000, leaseSeconds: null });
    server.giveAway('f0');
    const { ended, stop } = start({ handler: DONE, waitSeconds: 0 });
    await clock.pass(3);
    const began = clock.now();
    stop();
    await clock.until(ended);
    expect(clock.now()).toBe(began);
  });

  test('ends at once while the server is away and it holds nothing', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.away = true;
    const { ended, stop } = start({ handler: DONE });
    await clock.pass(100);
    const began = clock.now();
    stop();
    expect(await clock.until(ended)).toMatchObject({ done: 0 });
    expect(clock.now()).toBe(began);
  });

  test('ends with an error when the server does not take its last reports', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const hands = new Hands();
    const worker = start({ handler: hands.handler });
    await clock.settle();
    worker.stop();
    server.refusesAll = 'forbidden';
    hands.finish('f0');
    await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'forbidden' });
    expect(worker.events.at(-1)).toEqual({ type: 'undelivered', reports: 1, inJournal: false });
  });

  test('before it began does nothing', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const ended = start({ handler: DONE, signal: AbortSignal.abort() }).ended;
    expect(await clock.until(ended)).toEqual({ done: 0, failed: 0, retried: 0, released: 0, refused: 0 });
    expect(server.inputs('advance')).toEqual([]);
    expect(server.counts().ready).toBe(1);
  });
});

describe('wall time', () => {
  test('is what a worker asks with, less what has passed', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const hands = new Hands();
    start({ handler: hands.handler, wallTimeSeconds: 100 });
    await clock.pass(30);
    hands.finish('f0');
    await clock.settle();
    expect(server.inputs('advance').at(-1)?.reserve?.secondsLeft).toBe(70);
  });

  test('stops the worker when it is over', async () => {
    const { clock, server, start } = setup({ files: dids(5) });
    const hands = new Hands();
    const worker = start({ handler: hands.handler, prefetch: 1, wallTimeSeconds: 100 });
    await clock.pass(101);
    expect(worker.events).toContainEqual({ type: 'stopping', why: 'wall-time' });
    hands.finishAll();
    expect(await clock.until(worker.ended)).toMatchObject({ done: 1, released: 1 });
    expect(server.counts().ready).toBe(4);
  });

  test('bounds how long the worker waits at the server', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null });
    server.giveAway('f0');
    start({ handler: DONE, wallTimeSeconds: 8 });
    await clock.settle();
    expect(server.inputs('advance')[0]?.reserve).toMatchObject({ waitSeconds: 8, secondsLeft: 8 });
  });
});

describe('a worker that was killed and is started again', () => {
  test('works on the files it still holds before it asks for others', async () => {
    const { clock, server, start } = setup({ files: dids(5) });
    server.reserveFor('w1', 'f3', 'f4');
    server.reserveFor('w2', 'f0');
    const hands = new Hands();
    const worker = start({ handler: hands.handler });
    await clock.settle();
    expect(worker.events[0]).toEqual({ type: 'resumed', files: 2 });
    for (let file = 0; file < 4; file += 1) {
      hands.finishAll();
      await clock.settle();
    }
    expect(hands.begun).toEqual(['f3', 'f4', 'f1', 'f2']);
    expect([...server.files.values()].map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
  });
});
