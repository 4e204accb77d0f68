import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { folderFiles } from '../../lib/embedded/folder-files.ts';
import { SignedUrls } from '../../lib/embedded/signed-urls.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function setup(settled: () => Promise<void> = async () => {}) {
  const folder = await tempFolder();
  const urls = new SignedUrls(Buffer.from('secret'), () => 'http://server');
  const files = folderFiles({ folder: `./${relative('.', folder)}/`, shares: [], urls, settled });
  await mkdir(join(folder, 'manifests'));
  await writeFile(join(folder, 'manifests/1'), 'x');
  return { folder, files };
}

test('a folder may be named from the current one, and keys are paths in it', async () => {
  const { folder, files } = await setup();
  expect(await files.exists('manifests/1')).toBe(true);
  await files.receive('data/outputs/1', new Blob(['y']).stream());
  expect(await readFile(join(folder, 'outputs/1'), 'utf8')).toBe('y');
  expect((await readdir(folder)).toSorted()).toEqual(['manifests', 'outputs']);
});

test('nothing is removed before what was written to the store is on the disk', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { files } = await setup(() => promise);
  const removed = files.remove('manifests/1');
  expect(await files.exists('manifests/1')).toBe(true);
  resolve();
  await removed;
  expect(await files.exists('manifests/1')).toBe(false);
});

test('nothing is removed when what was written to the store is lost', async () => {
  const { files } = await setup(() => Promise.reject(new Error('lost')));
  await expect(files.remove('manifests/')).rejects.toThrow('lost');
  expect(await files.exists('manifests/1')).toBe(true);
});
