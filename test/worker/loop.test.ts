import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FatalError, type FileTask } from '../../lib/worker/index.ts';
import { dids, Hands, setup } from './support.ts';

const DONE = async () => undefined;

describe('a worker', () => {
  test('does every file once and ends with the state of the project', async () => {
    const { clock, server, start } = setup({ files: dids(25) });
    const summary = await clock.until(start({ handler: DONE, concurrency: 4, prefetch: 3 }).ended);
    expect(summary).toEqual({ done: 25, failed: 0, retried: 0, released: 0, refused: 0, state: 'done' });
    expect(server.counts()).toEqual({ ready: 0, reserved: 0, done: 25, failed: 0 });
  });

  test('reports what its handler makes of a file, and counts what the server makes of that', async () => {
    const { clock, server, start } = setup({ files: dids(4), maxAttempts: 2 });
    const summary = await clock.until(
      start({
        async handler({ did, attempt }) {
          if (did === 'f0') return { done: true };
          if (did === 'f1') return { failed: 'no good', retry: false };
          if (did === 'f2' && attempt === 1) throw new Error('try again');
          if (did === 'f3') return { failed: 'never works', retry: true };
          return undefined;
        },
      }).ended,
    );
    expect(summary).toEqual({ done: 2, failed: 2, retried: 2, released: 0, refused: 0, state: 'failed' });
    const failures = server.inputs('advance').flatMap(({ failed = [] }) => failed);
    expect(failures).toContainEqual({ token: expect.any(String), retry: true, reason: 'try again' });
    expect(failures).toContainEqual({ token: expect.any(String), retry: false, reason: 'no good' });
  });

  test('cuts a reason to the length that a report may have', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    await clock.until(start({ handler: async () => ({ failed: 'x'.repeat(5000), retry: false }) }).ended);
    const [failure] = server.inputs('advance').flatMap(({ failed = [] }) => failed);
    expect(failure?.reason).toHaveLength(1024);
  });

  test('gives its handler the nearest copy as the URL', async () => {
    const { clock, start } = setup({ files: dids(1) });
    const urls: unknown[] = [];
    const handler = async ({ url }: FileTask) => {
      urls.push(url);
      return undefined;
    };
    await clock.until(start({ handler }).ended);
    expect(urls).toEqual(['http://near.example/f0']);
  });

  test('leaves nothing behind that would keep its process alive', async () => {
    const { clock, start } = setup({ files: dids(5) });
    const { signal } = new AbortController();
    await clock.until(
      start({ handler: DONE, concurrency: 2, prefetch: 1, wallTimeSeconds: 1000, signal }).ended,
    );
    await clock.settle();
    expect(clock.sleepers).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('refuses numbers that make no sense', async () => {
    const { start } = setup({ files: dids(1) });
    await expect(start({ handler: DONE, concurrency: 0 }).ended).rejects.toThrow(RangeError);
    await expect(start({ handler: DONE, prefetch: -1 }).ended).rejects.toThrow(RangeError);
    await expect(start({ handler: DONE, prefetch: 1.5 }).ended).rejects.toThrow(RangeError);
  });
});

describe('what a worker holds', () => {
  test('it works on at most `concurrency` files, and holds at most `prefetch` more', async () => {
    const { clock, server, start } = setup({ files: dids(30) });
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler, concurrency: 3, prefetch: 2 });
    await clock.settle();
    expect(hands.busyWith).toEqual(['f0', 'f1', 'f2']);
    expect(server.counts().reserved).toBe(5);
    while (hands.busyWith.length > 0) {
      hands.finish(hands.busyWith[0] ?? '');
      await clock.settle();
    }
    expect(await clock.until(ended)).toMatchObject({ done: 30, state: 'done' });
    expect(hands.mostAtOnce).toBe(3);
    expect(server.mostReserved).toBe(5);
  });

  test('a handler that ends begins with a prefetched file before the server has answered', async () => {
    const { clock, server, start } = setup({ files: dids(4) });
    const hands = new Hands();
    start({ handler: hands.handler, prefetch: 1 });
    await clock.settle();
    server.away = true;
    hands.finish('f0');
    await clock.settle();
    expect(hands.busyWith).toEqual(['f1']);
  });

  test('it asks for no more files than it has room for, however it came by those it holds', async () => {
    const { clock, server, start } = setup({ files: dids(6) });
    server.reserveFor('w1', 'f3', 'f4', 'f5');
    const hands = new Hands();
    start({ handler: hands.handler });
    await clock.settle();
    expect(hands.busyWith).toEqual(['f3']);
    hands.finish('f3');
    await clock.settle();
    expect(server.counts()).toEqual({ ready: 3, reserved: 2, done: 1, failed: 0 });
    expect(server.inputs('advance').every(({ reserve }) => reserve === undefined)).toBe(true);
  });
});

describe('calls', () => {
  test('one call hands in all that was finished and asks for as many files as there is room for', async () => {
    const { clock, server, start } = setup({ files: dids(8) });
    const hands = new Hands();
    start({ handler: hands.handler, concurrency: 4 });
    await clock.settle();
    hands.finishAll();
    await clock.settle();
    const [first, second, ...others] = server.inputs('advance');
    expect(first?.reserve).toMatchObject({ count: 4 });
    expect(second?.done).toHaveLength(4);
    expect(second?.reserve).toMatchObject({ count: 4 });
    expect(others).toEqual([]);
  });

  test('files that finish in the same turn are handed in together, each as soon as it can', async () => {
    const { clock, server, start } = setup({ files: dids(8) });
    const handler = async ({ did }: FileTask) => {
      for (let tick = Number(did.slice(1)); tick > 0; tick -= 1) await null;
      return undefined;
    };
    await clock.until(start({ handler, concurrency: 8 }).ended);
    expect(server.inputs('advance')[1]?.done).toHaveLength(8);
  });

  test('one call asks for no more files than the contract allows', async () => {
    const { clock, server, start } = setup({ files: dids(300) });
    start({ handler: new Hands().handler, concurrency: 300 });
    await clock.settle();
    expect(server.inputs('advance').map(({ reserve }) => reserve?.count)).toEqual([256, 44]);
  });

  test('a fast handler needs about one call for each lot of files, not one for each file', async () => {
    const { clock, server, start } = setup({ files: dids(1000) });
    await clock.until(start({ handler: DONE, concurrency: 20, prefetch: 80 }).ended);
    expect(server.inputs('advance').length).toBeLessThan(30);
  });

  test('a single result is reported at once, while other handlers go on', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const hands = new Hands();
    start({ handler: hands.handler, concurrency: 2 });
    await clock.settle();
    hands.finish('f0');
    await clock.settle();
    expect(server.files.get('f0')?.state).toBe('done');
  });

  test('a worker with a file in hand never waits at the server, an idle one does', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const hands = new Hands();
    start({ handler: hands.handler, concurrency: 2, waitSeconds: 12 });
    await clock.pass(30);
    expect(server.inputs('advance').length).toBeGreaterThan(3);
    expect(
      server
        .inputs('advance')
        .slice(1)
        .every(({ reserve }) => reserve?.waitSeconds === 0),
    ).toBe(true);
    expect(server.inputs('advance')[0]?.reserve?.waitSeconds).toBe(12);
  });

  test('waiting at the server, as long as the contract allows, does not make it count as away', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null });
    server.giveAway('f0');
    const worker = start({ handler: DONE, waitSeconds: 1000 });
    await clock.pass(100);
    expect(server.inputs('advance')[0]?.reserve?.waitSeconds).toBe(30);
    expect(worker.types()).not.toContain('away');
  });

  test('a file that becomes ready while an idle worker waits at the server is begun at once', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.giveAway('f0');
    const hands = new Hands();
    start({ handler: hands.handler });
    await clock.pass(3);
    server.makeReady('f0');
    await clock.settle();
    expect(hands.busyWith).toEqual(['f0']);
  });

  test('told to wait, it asks again after the time it was given, give or take a fifth', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null, retryAfterSeconds: 100 });
    server.giveAway('f0');
    start({ handler: DONE, waitSeconds: 0, random: () => 0 });
    await clock.pass(79);
    expect(server.inputs('advance')).toHaveLength(1);
    await clock.pass(2);
    expect(server.inputs('advance')).toHaveLength(2);
  });

  test('told to wait, it reports what is finished at once all the same', async () => {
    const { clock, server, start } = setup({ files: dids(2), retryAfterSeconds: 100 });
    server.giveAway('f1');
    const hands = new Hands();
    start({ handler: hands.handler, concurrency: 2 });
    await clock.pass(1);
    hands.finish('f0');
    await clock.settle();
    expect(server.files.get('f0')?.state).toBe('done');
  });

  test('site, lanes and the time left go with each request', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    start({ handler: new Hands().handler, site: 'cern', lanes: ['tape', 'disk'], wallTimeSeconds: 100 });
    await clock.settle();
    expect(server.inputs('held')).toEqual([{ project: 7, worker: 'w1', site: 'cern' }]);
    expect(server.inputs('advance')[0]).toMatchObject({
      worker: 'w1',
      reserve: { site: 'cern', lanes: ['tape', 'disk'], secondsLeft: 100 },
    });
  });
});

describe('a worker whose id is new', () => {
  test('does not ask what it holds: that would have the server look through the whole project', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    start({ handler: DONE, isNew: true });
    await clock.settle();
    expect(server.inputs('held')).toEqual([]);
    expect(server.inputs('advance').length).toBeGreaterThan(0);
  });
});

describe('refusals', () => {
  test('a refused report is an event and a count, and is not repeated', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const hands = new Hands();
    const worker = start({ handler: hands.handler, concurrency: 2 });
    await clock.settle();
    server.giveAway('f0');
    hands.finishAll();
    await clock.settle();
    server.makeReady('f0');
    await clock.settle();
    hands.finishAll();
    expect(await clock.until(worker.ended)).toMatchObject({ done: 2, refused: 1, state: 'done' });
    expect(worker.events).toContainEqual(
      expect.objectContaining({ type: 'refused', did: 'f0', code: 'overtaken' }),
    );
    expect(server.inputs('advance').flatMap(({ done = [] }) => done)).toHaveLength(3);
  });

  test('a single report that the server answers with a problem is a refused report, too', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const hands = new Hands();
    const worker = start({ handler: hands.handler });
    await clock.settle();
    server.refusesNext = 'lease_expired';
    hands.finish('f0');
    await clock.settle();
    expect(worker.events).toContainEqual(expect.objectContaining({ type: 'refused', code: 'lease_expired' }));
    expect(hands.busyWith).toEqual(['f1']);
  });

  test.each(['project_inactive', 'forbidden', 'unauthenticated', 'invalid_request'] as const)(
    '%s in answer to a request for files ends the worker, after what was finished is reported',
    async code => {
      const { clock, server, start } = setup({ files: dids(4) });
      const hands = new Hands();
      const { ended } = start({ handler: hands.handler, concurrency: 2, prefetch: 1 });
      await clock.settle();
      server.refusesFiles = code;
      hands.finish('f0');
      await clock.settle();
      hands.finishAll();
      await expect(clock.until(ended)).rejects.toMatchObject({ name: 'RefusedError', code });
      expect(hands.begun).toEqual(['f0', 'f1', 'f2']);
      expect(server.counts()).toEqual({ ready: 1, reserved: 0, done: 3, failed: 0 });
    },
  );

  test('a project that is not there ends the worker', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.refusesAll = 'project_unknown';
    await expect(clock.until(start({ handler: DONE }).ended)).rejects.toMatchObject({
      code: 'project_unknown',
    });
  });

  test('a project deleted meanwhile ends the worker, and its reports count as refused', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const hands = new Hands();
    const worker = start({ handler: hands.handler });
    await clock.settle();
    server.refusesAll = 'project_unknown';
    hands.finish('f0');
    await expect(clock.until(worker.ended)).rejects.toMatchObject({ code: 'project_unknown' });
    expect(worker.events).toContainEqual(
      expect.objectContaining({ type: 'refused', code: 'project_unknown' }),
    );
  });

  test('a handler that cannot work at all ends the worker, which gives back all it holds', async () => {
    const { clock, server, start } = setup({ files: dids(5) });
    const handler = async () => {
      throw new FatalError('the program is not installed');
    };
    const { ended } = start({ handler, concurrency: 2, prefetch: 2 });
    await expect(clock.until(ended)).rejects.toThrow('the program is not installed');
    expect(server.counts()).toEqual({ ready: 5, reserved: 0, done: 0, failed: 0 });
    expect([...server.files.values()].every(({ attempts }) => attempts === 0)).toBe(true);
  });
});
