import { expect, test } from 'vitest';
import { objectPages } from '../../../lib/dispatch/pages/object-pages.ts';
import { memoryHome } from '../../support/memory-home.ts';

const NAMES = { project: { id: 7, createdAt: 1000 }, kind: 'files' } as const;
const page = (n: number) => Buffer.alloc(n % 5, n);

async function written(count: number) {
  const home = memoryHome();
  const pages = objectPages(home.files);
  const write = pages.write(NAMES, count);
  for (let n = count - 1; n >= 0; n -= 1) await write(n, () => page(n), false);
  return { home, pages, calls: (name: string) => home.calls.filter(called => called === name).length };
}

test('pages are read as they were written, in whatever order that was', async () => {
  const { pages } = await written(70);
  for (let n = 0; n < 70; n += 1) expect(await pages.read(NAMES, n)).toEqual(page(n));
  expect([await pages.read(NAMES, 70), await pages.read(NAMES, 96)]).toEqual([undefined, undefined]);
  expect(await pages.read({ ...NAMES, kind: 'index' }, 0)).toBeUndefined();
});

test('thirty-two pages are one file, written once and read once', async () => {
  const { home, pages, calls } = await written(70);
  expect([...home.world.bytes.keys()].sort()).toEqual([
    'pages/7-1000/files/0',
    'pages/7-1000/files/1',
    'pages/7-1000/files/2',
  ]);
  for (let n = 0; n < 70; n += 1) await pages.read(NAMES, n);
  expect([calls('files.write'), calls('files.open')]).toEqual([3, 3]);
});

test('a file appears when all its pages are there', async () => {
  const home = memoryHome();
  const write = objectPages(home.files).write(NAMES, 33);
  for (let n = 0; n < 31; n += 1) await write(n, () => page(n), false);
  await write(32, () => page(32), false);
  expect([...home.world.bytes.keys()]).toEqual(['pages/7-1000/files/1']);
  await write(31, () => page(31), false);
  expect(home.world.bytes.size).toBe(2);
});

test('pages that an earlier run wrote are made again only where their file is not there', async () => {
  const { home } = await written(40);
  home.world.bytes.delete('pages/7-1000/files/1');
  const made: number[] = [];
  const write = objectPages(home.files).write(NAMES, 40);
  for (let n = 0; n < 40; n += 1)
    await write(
      n,
      () => {
        made.push(n);
        return page(n);
      },
      n < 36,
    );
  expect(made).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
  expect(await objectPages(home.files).read(NAMES, 34)).toEqual(page(34));
});

test('of many files the last that were read are kept', async () => {
  const home = memoryHome();
  const pages = objectPages(home.files);
  const write = pages.write(NAMES, 96);
  for (let n = 0; n < 96; n += 1) await write(n, () => new Uint8Array(200_000), false);
  for (const n of [0, 32, 64, 1, 65, 33]) await pages.read(NAMES, n);
  expect(home.calls.filter(name => name === 'files.open')).toHaveLength(5);
});

test('removed are the pages of one project and kind', async () => {
  const { home, pages } = await written(3);
  await pages.write({ ...NAMES, project: { id: 70, createdAt: 1000 } }, 1)(0, () => page(0), false);
  await pages.write({ ...NAMES, kind: 'index' }, 1)(0, () => page(0), false);
  await pages.remove(NAMES, 3);
  expect([...home.world.bytes.keys()].sort()).toEqual(['pages/7-1000/index/0', 'pages/70-1000/files/0']);
});

test('a project is not taken for another that had its number before', async () => {
  const { home, pages } = await written(3);
  const later = { ...NAMES, project: { id: 7, createdAt: 2000 } };
  expect(await pages.read(later, 0)).toBeUndefined();
  await pages.write(later, 1)(0, () => page(4), true);
  expect(await objectPages(home.files).read(later, 0)).toEqual(page(4));
  expect(await pages.read(NAMES, 0)).toEqual(page(0));
});
