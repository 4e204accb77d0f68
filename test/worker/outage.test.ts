import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LockedError } from '../../lib/worker/index.ts';
import { dids, Hands, setup, temporaryFolder } from './support.ts';

const DONE = async () => undefined;

describe('a server that is away', () => {
  test('is asked again and again, less and less often, until it is back', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    server.away = true;
    const worker = start({ handler: DONE });
    await clock.pass(3600);
    expect(worker.types()).toEqual(['away']);
    server.away = false;
    expect(await clock.until(worker.ended)).toMatchObject({ done: 2, state: 'done' });
    expect(worker.types()).toContain('back');
  });

  test('is tried after 0.2 s first, and every 15 s at the end, less some jitter', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const tries: number[] = [];
    const began = clock.now();
    const client = {
      ...server.client,
      held: (...call: Parameters<typeof server.client.held>) => {
        tries.push(clock.now() - began);
        return server.client.held(...call);
      },
    };
    server.away = true;
    start({ handler: DONE, client, random: () => 1 });
    await clock.pass(60);
    expect(tries).toEqual([0, 200, 600, 1400, 3000, 6200, 12_600, 25_400, 40_400, 55_400]);
  });

  test('does not keep the worker from what it has, and gets all the reports when it is back', async () => {
    const { clock, server, start } = setup({ files: dids(6) });
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler, concurrency: 2, prefetch: 2 });
    await clock.settle();
    server.away = true;
    for (let round = 0; round < 2; round += 1) {
      hands.finishAll();
      await clock.pass(10);
    }
    expect(hands.begun).toEqual(['f0', 'f1', 'f2', 'f3']);
    server.away = false;
    await clock.pass(20);
    expect(server.counts().done).toBe(4);
    hands.finishAll();
    expect(await clock.until(ended)).toMatchObject({ done: 6, refused: 0 });
  });

  test('a call whose answer was lost is repeated with its own name, and gets the same answer', async () => {
    const { clock, server, start } = setup({ files: dids(6) });
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler, concurrency: 3 });
    server.answersToLose = 2;
    await clock.pass(1);
    server.answersToLose = 2;
    hands.finishAll();
    await clock.pass(1);
    hands.finishAll();
    expect(await clock.until(ended)).toMatchObject({ done: 6, refused: 0 });
    expect(hands.begun).toEqual(dids(6));
    const ids = server.inputs('advance').map(({ requestId }) => requestId);
    expect(ids.slice(0, 6)).toEqual(['r0', 'r0', 'r0', 'r1', 'r1', 'r1']);
    const repeated = server.inputs('advance').map(input => input.repeated ?? false);
    expect(repeated.slice(0, 6)).toEqual([false, true, true, false, true, true]);
    expect(server.mostReserved).toBe(3);
  });

  test('one that takes a call and never answers counts as away', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    server.silent = true;
    const worker = start({ handler: DONE });
    await clock.pass(29);
    expect(worker.types()).toEqual([]);
    await clock.pass(2);
    expect(worker.types()).toEqual(['away']);
    server.silent = false;
    expect(await clock.until(worker.ended)).toMatchObject({ done: 1 });
  });

  test('one that gives a wrong number of answers ends the worker', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const client = {
      ...server.client,
      advance: async (...call: Parameters<typeof server.client.advance>) => ({
        ...(await server.client.advance(...call)),
        results: [],
      }),
    };
    await expect(clock.until(start({ handler: DONE, client }).ended)).rejects.toThrow(
      '0 answers to 1 reports',
    );
  });
});

describe('a worker with a journal', () => {
  const journalIn = (folder: string) => join(folder, 'journal.ndjson');
  const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);

  test('writes nothing while the server is there', async () => {
    const { clock, start } = setup({ files: dids(2) });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    start({ handler: hands.handler, journal });
    await clock.settle();
    hands.finish('f0');
    await clock.settle();
    expect(linesOf(journal)).toEqual([]);
  });

  test('has a report on disk before the next file is begun, once the server is away', async () => {
    const { clock, server, start } = setup({ files: dids(3) });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    start({ handler: hands.handler, prefetch: 2, journal });
    await clock.settle();
    server.away = true;
    hands.finish('f0');
    await clock.pass(1);
    expect(linesOf(journal)).toHaveLength(1);
    const linesAtBegin: number[] = [];
    hands.onBegin = () => linesAtBegin.push(linesOf(journal).length);
    hands.finish('f1');
    await clock.settle();
    expect(linesAtBegin).toEqual([2]);
  });

  test('empties it when all reports are answered', async () => {
    const { clock, server, start } = setup({ files: dids(2) });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    const { ended } = start({ handler: hands.handler, concurrency: 2, journal });
    await clock.settle();
    server.away = true;
    hands.finishAll();
    await clock.pass(5);
    expect(linesOf(journal)).toHaveLength(2);
    server.away = false;
    expect(await clock.until(ended)).toMatchObject({ done: 2 });
    expect(linesOf(journal)).toEqual([]);
  });

  test('delivers after its restart what an earlier life could not, and does no file twice', async () => {
    const { clock, server, start } = setup({ files: dids(4), leaseSeconds: null });
    const journal = journalIn(temporaryFolder());
    const before = new Hands();
    const first = start({ handler: before.handler, concurrency: 3, journal });
    await clock.settle();
    server.away = true;
    before.finish('f0');
    before.finish('f1', { failed: 'bad file', retry: false });
    await clock.pass(60);
    first.stop();
    before.finish('f2');
    expect(await clock.until(first.ended)).toMatchObject({ done: 0, failed: 0 });
    expect(first.events).toContainEqual({ type: 'undelivered', reports: 3, inJournal: true });

    server.away = false;
    const after = new Hands();
    const second = start({ handler: after.handler, journal });
    await clock.settle();
    expect(after.begun).toEqual(['f3']);
    after.finishAll();
    expect(await clock.until(second.ended)).toMatchObject({ done: 3, failed: 1, state: 'failed' });
    expect(linesOf(journal)).toEqual([]);
  });

  test('gets the first answer again for a report whose answer was lost before it was killed', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    const first = start({ handler: hands.handler, journal });
    await clock.settle();
    server.answersToLose = 1;
    hands.finish('f0');
    await clock.settle();
    server.away = true;
    first.stop();
    await clock.until(first.ended);
    server.away = false;
    expect(await clock.until(start({ handler: DONE, journal }).ended)).toMatchObject({ done: 1, refused: 0 });
  });

  test('drops a report that comes too late, and says so', async () => {
    const { clock, server, start } = setup({ files: dids(1) });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    const first = start({ handler: hands.handler, journal });
    await clock.settle();
    server.away = true;
    hands.finish('f0');
    await clock.pass(1);
    first.stop();
    await clock.until(first.ended);
    server.away = false;
    server.giveAway('f0');
    const second = start({ handler: DONE, journal });
    await clock.settle();
    expect(second.events[0]).toMatchObject({ type: 'refused', did: 'f0', code: 'overtaken' });
    expect(linesOf(journal)).toEqual([]);
  });

  test('keeps reports that the server will not take from this caller now', async () => {
    const { clock, server, start } = setup({ files: dids(2), leaseSeconds: null });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    const first = start({ handler: hands.handler, journal });
    await clock.settle();
    server.refusesAll = 'unauthenticated';
    hands.finish('f0');
    await expect(clock.until(first.ended)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(linesOf(journal)).toHaveLength(1);
    server.refusesAll = undefined;
    expect(await clock.until(start({ handler: DONE, journal }).ended)).toMatchObject({ done: 2 });
  });

  test('delivers reports of another project in that one, and goes on with its own', async () => {
    const { clock, server, start } = setup({ files: dids(1), leaseSeconds: null });
    const journal = journalIn(temporaryFolder());
    const hands = new Hands();
    const first = start({ handler: hands.handler, journal, project: 6, worker: 'w0' });
    await clock.settle();
    server.away = true;
    hands.finish('f0');
    await clock.pass(1);
    first.stop();
    await clock.until(first.ended);
    server.away = false;
    await clock.until(start({ handler: DONE, journal }).ended);
    expect(server.inputs('advance').find(({ done = [] }) => done.length > 0)).toMatchObject({
      project: 6,
      worker: 'w0',
    });
  });

  test('refuses to share it with another worker', async () => {
    const { clock, start } = setup({ files: dids(1) });
    const journal = journalIn(temporaryFolder());
    start({ handler: new Hands().handler, journal });
    await clock.settle();
    await expect(start({ handler: DONE, journal, worker: 'w2' }).ended).rejects.toThrow(LockedError);
  });
});

test('a worker without a journal says how many reports it could not deliver', async () => {
  const { clock, server, start } = setup({ files: dids(1) });
  const hands = new Hands();
  const worker = start({ handler: hands.handler });
  await clock.settle();
  server.away = true;
  worker.stop();
  hands.finish('f0');
  await clock.until(worker.ended);
  expect(worker.events.at(-1)).toEqual({ type: 'undelivered', reports: 1, inJournal: false });
});
