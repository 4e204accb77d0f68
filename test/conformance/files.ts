import { describe, expect, test } from 'vitest';
import { beginPut } from '../support/begin-put.ts';
import { replicas, urls } from './file-urls.ts';
import {
  BYTES,
  download,
  HOUR_MILLIS,
  KEY,
  type MakeFiles,
  ODD_NAMES,
  read,
  upload,
} from './files-under-test.ts';

/** What every `Files` must do. `makeFiles` gives one without files, and sees to its end itself. */
export function describeFiles(name: string, makeFiles: MakeFiles): void {
  describe(`${name} as files`, () => {
    describe('keys', () => keys(makeFiles));
    describe('uploads', () => uploads(makeFiles));
    describe('URLs', () => urls(makeFiles));
    describe('replicas', () => replicas(makeFiles));
  });
}

function keys(makeFiles: MakeFiles): void {
  test('without bytes do not exist and cannot be opened', async () => {
    const { files } = await makeFiles();
    expect(await files.exists(KEY)).toBe(false);
    expect(await files.open(KEY)).toBeUndefined();
  });

  test.each([
    ['none', new Uint8Array()],
    ['a few', BYTES],
    ['5 MB', new Uint8Array(5_000_000).fill(7)],
  ])('hold the bytes that were put: %s', async (_, bytes) => {
    const home = await makeFiles();
    await upload(home, KEY, bytes);
    expect(await home.files.exists(KEY)).toBe(true);
    expect(Buffer.from(bytes).equals((await read(home.files, KEY)) ?? Buffer.of(0))).toBe(true);
    expect(Buffer.from(bytes).equals(await download(home, KEY))).toBe(true);
  });

  test('hold the bytes that the home itself wrote, over those that were there', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    for (const bytes of [new Uint8Array(300_000).fill(3), new Uint8Array(), BYTES]) {
      await home.files.write(KEY, bytes);
      expect(Buffer.from(bytes).equals((await read(home.files, KEY)) ?? Buffer.of(0))).toBe(true);
      expect(Buffer.from(bytes).equals(await download(home, KEY))).toBe(true);
    }
  });

  test('hold the bytes that were put last', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    await upload(home, KEY, Uint8Array.of(1));
    expect(await read(home.files, KEY)).toEqual(Uint8Array.of(1));
  });

  test('are not there because longer ones are', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    expect(await home.files.exists('outputs/1/2')).toBe(false);
    expect(await home.files.open('outputs/1/2')).toBeUndefined();
  });

  test('may have odd characters, and those that differ are different', async () => {
    const home = await makeFiles();
    const named = ODD_NAMES.map((name, n) => ({ key: `odd/${name}/${name}`, bytes: Uint8Array.of(n) }));
    for (const { key, bytes } of named) await upload(home, key, bytes);
    for (const { key, bytes } of named) {
      expect(await read(home.files, key)).toEqual(bytes);
      expect(await download(home, key)).toEqual(bytes);
    }
  });

  test.each(['', '/a', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b'])(
    'that are no path of names are refused: "%s"',
    async key => {
      const { files, now } = await makeFiles();
      expect(() => files.uploadUrl(key, now() + HOUR_MILLIS)).toThrow('is not a key');
      expect(() => files.downloadUrl(key, now() + HOUR_MILLIS)).toThrow('is not a key');
      await expect(files.open(key)).rejects.toThrow('is not a key');
      await expect(files.write(key, BYTES)).rejects.toThrow('is not a key');
      await expect(files.remove(`${key}/`)).rejects.toThrow('is not a key');
    },
  );

  test('are removed one by one', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    await upload(home, 'outputs/1/2/33');
    await home.files.remove(KEY);
    expect(await home.files.exists(KEY)).toBe(false);
    expect(await home.files.exists('outputs/1/2/33')).toBe(true);
  });

  test('are removed with all that lie below a prefix, and no others', async () => {
    const home = await makeFiles();
    const below = ['outputs/1/2/3', 'outputs/1/2/4', 'outputs/1/5/6'];
    const beside = ['outputs/10/2/3', 'outputs/2/2/3', 'manifests/1'];
    for (const key of [...below, ...beside]) await upload(home, key);
    await home.files.remove('outputs/1/');
    for (const key of below) expect(await home.files.exists(key)).toBe(false);
    for (const key of beside) expect(await home.files.exists(key)).toBe(true);
  });

  test('that are not there are removed without an error', async () => {
    const { files } = await makeFiles();
    await files.remove(KEY);
    await files.remove('outputs/1/');
    await files.remove('outputs/');
  });
}

function uploads(makeFiles: MakeFiles): void {
  test('that are cut off leave nothing', async () => {
    const home = await makeFiles();
    (
      await beginPut(home.files.uploadUrl(KEY, home.now() + HOUR_MILLIS), { says: 1_000, sends: 100 })
    ).destroy();
    await upload(home, 'outputs/1/2/4');
    expect(await home.files.exists(KEY)).toBe(false);
  });

  test('that are cut off leave what was there before', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    (
      await beginPut(home.files.uploadUrl(KEY, home.now() + HOUR_MILLIS), { says: 1_000, sends: 100 })
    ).destroy();
    await upload(home, 'outputs/1/2/4');
    expect(await read(home.files, KEY)).toEqual(BYTES);
  });

  test('of the same key at once leave one of them whole', async () => {
    const home = await makeFiles();
    const bodies = [1, 2, 3, 4].map(byte => new Uint8Array(300_000).fill(byte));
    await Promise.all(bodies.map(bytes => upload(home, KEY, bytes)));
    const kept = Buffer.from(await download(home, KEY));
    expect(bodies.filter(bytes => kept.equals(bytes))).toHaveLength(1);
  });
}
