import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Database, DatabaseError } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { holdSyncs } from '../support/held-syncs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A database in which `put` writes an item in a turn of its own; `kept` lists those whose turn was kept or lost. */
async function setup(durability?: 'full' | 'normal') {
  const syncs = holdSyncs();
  const database = new Database({ path: join(await tempFolder(), 'sluice.db'), durability });
  const store = sqliteStore(database);
  const kept: (string | Error)[] = [];
  const put = async (name: string) => {
    await store.put({ partition: 'p', sort: name }, { name }, 0);
    database.settled().then(
      () => kept.push(name),
      error => kept.push(error),
    );
    await setImmediate();
    await setImmediate();
  };
  return { database, store, syncs, kept, put };
}

test.each([undefined, 'full' as const])(
  'with durability %s a turn is kept when the log is on the disk',
  async durability => {
    const { syncs, kept, put } = await setup(durability);
    await put('a');
    expect(kept).toEqual([]);
    syncs.next();
    await setImmediate();
    expect(kept).toEqual(['a']);
  },
);

test('with durability normal a turn is kept when it is committed', async () => {
  const { syncs, kept, put } = await setup('normal');
  await put('a');
  expect(kept).toEqual(['a']);
  expect(syncs.held).toEqual([]);
});

test('turns that end while a sync is under way share the next one, which begins after it', async () => {
  const { syncs, kept, put } = await setup();
  await put('a');
  await put('b');
  await put('c');
  expect(syncs.held).toHaveLength(1);
  syncs.next();
  await setImmediate();
  expect(kept).toEqual(['a']);
  expect(syncs.held).toHaveLength(1);
  syncs.next();
  await setImmediate();
  expect(kept).toEqual(['a', 'b', 'c']);
  expect(syncs.held).toEqual([]);
});

test('what is only read waits for the turn it saw', async () => {
  const { database, store, syncs, put } = await setup();
  await put('a');
  let answered = false;
  const reading = database
    .durably(() => store.get({ partition: 'p', sort: 'a' }))
    .then(() => {
      answered = true;
    });
  await setImmediate();
  expect(answered).toBe(false);
  syncs.next();
  await reading;
});

test('after a sync that failed nothing counts as kept any more', async () => {
  const { syncs, kept, put } = await setup();
  await put('a');
  syncs.next(new Error('the disk is broken'));
  await put('b');
  syncs.next();
  await setImmediate();
  expect(kept).toEqual([expect.any(DatabaseError), expect.any(DatabaseError)]);
  expect(String(kept[1])).toContain('the disk is broken');
});

describe('how quick the disk is', () => {
  const BESIDE = 500;

  /** A database that has synced beside its work until it tries anew, on a disk whose syncs take so long. */
  async function setupTrying(millis: number) {
    const world = await setup();
    const { syncs, put } = world;
    let now = 0;
    const disk = { millis };
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += disk.millis;
      return now;
    });
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const putBeside = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        const putting = put(`item ${now} ${n}`);
        await setImmediate();
        expect(syncs.held).toHaveLength(1);
        syncs.next();
        await putting;
      }
    };
    await putBeside(BESIDE);
    return { ...world, disk, putBeside };
  }

  test('is tried now and then: syncs that are quick are waited for, and a slow one between them changes nothing', async () => {
    const { syncs, kept, put, disk } = await setupTrying(0.05);
    for (let n = 0; n < 200; n += 1) {
      disk.millis = n % 50 === 20 ? 5 : 0.05;
      await put(`${n}`);
      expect(syncs.held).toEqual([]);
      expect(kept.at(-1)).toBe(`${n}`);
    }
  });

  test('after a few slow syncs the next ones are made beside the work again', async () => {
    const { syncs, kept, put, putBeside } = await setupTrying(5);
    for (const round of [1, 2]) {
      for (const name of ['a', 'b', 'c']) {
        await put(`${name}${round}`);
        expect(syncs.held).toEqual([]);
        expect(kept.at(-1)).toBe(`${name}${round}`);
      }
      await putBeside(BESIDE);
    }
  });

  test('a sync that was waited for and failed loses its turn, and what comes after it', async () => {
    const { syncs, kept, put } = await setupTrying(0.05);
    syncs.breakNext(new Error('the disk is broken'));
    await put('a');
    await put('b');
    expect(kept.slice(-2)).toEqual([expect.any(DatabaseError), expect.any(DatabaseError)]);
    expect(String(kept.at(-1))).toContain('the disk is broken');
  });
});

test('what a closing database had not synced is kept first', async () => {
  const { database, syncs, kept, put } = await setup();
  await put('a');
  await put('b');
  database.close();
  await setImmediate();
  expect(kept).toEqual(['b']);
  syncs.next();
  await setImmediate();
  expect(kept).toEqual(['b', 'a']);
});
