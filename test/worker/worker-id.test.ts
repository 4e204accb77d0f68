import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setWorkerId, workerId, workerIdentity } from '../../lib/worker/index.ts';
import { temporaryFolder } from './support.ts';

const OWN = '.sluice_worker_id';
const OTHER = '.data_dispatcher_worker_id';

test('a folder without a worker id gets one of eight hexadecimal digits, and keeps it', async () => {
  const cwd = temporaryFolder();
  const id = await workerId({ cwd });
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect(await workerId({ cwd })).toBe(id);
  expect(readdirSync(cwd)).toEqual([OWN]);
});

test('an id is new when it is made, and only then', async () => {
  const cwd = temporaryFolder();
  const { id, isNew } = await workerIdentity({ cwd });
  expect(isNew).toBe(true);
  expect(await workerIdentity({ cwd })).toEqual({ id, isNew: false });
  expect(await workerIdentity({ cwd, given: 'w1' })).toEqual({ id: 'w1', isNew: false });
});

test('two folders get two ids', async () => {
  expect(await workerId({ cwd: temporaryFolder() })).not.toBe(await workerId({ cwd: temporaryFolder() }));
});

test('many that begin at once in one folder all get the same id', async () => {
  const cwd = temporaryFolder();
  const ids = await Promise.all(Array.from({ length: 20 }, () => workerId({ cwd })));
  expect(new Set(ids).size).toBe(1);
  expect(readdirSync(cwd)).toEqual([OWN]);
});

test('the id that Data Dispatcher keeps in the folder is used, and left as it is', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, OTHER), ' 1a2b3c4d\n');
  expect(await workerId({ cwd })).toBe('1a2b3c4d');
  expect(existsSync(join(cwd, OWN))).toBe(false);
});

test('an id that is set is kept, and is preferred to that of Data Dispatcher', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, OTHER), '1a2b3c4d');
  await setWorkerId({ cwd, id: 'node-17' });
  await setWorkerId({ cwd, id: 'node-18' });
  expect(await workerId({ cwd })).toBe('node-18');
  expect(readFileSync(join(cwd, OTHER), 'utf8')).toBe('1a2b3c4d');
});

test('an id that is given is used this time only', async () => {
  const cwd = temporaryFolder();
  expect(await workerId({ cwd, given: 'today' })).toBe('today');
  expect(readdirSync(cwd)).toEqual([]);
});

test.each(['', 'two words', '-x', 'x'.repeat(65), 'é'])('%j is refused as an id', async id => {
  const cwd = temporaryFolder();
  await expect(workerId({ cwd, given: id })).rejects.toThrow('is no worker id: the worker id');
  await expect(setWorkerId({ cwd, id })).rejects.toThrow('is no worker id');
  expect(readdirSync(cwd)).toEqual([]);
});

test('a file with something else in it is an error that names the file', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, OWN), 'not an id\n');
  await expect(workerId({ cwd })).rejects.toThrow(`${join(cwd, OWN)} is no worker id`);
});

test('a folder that cannot be written to is an error that names the folder', async () => {
  const cwd = join(temporaryFolder(), 'missing');
  await expect(workerId({ cwd })).rejects.toThrow(`the worker id cannot be kept in ${cwd}`);
});
