import { expect, test } from 'vitest';
import { BYTES, HOUR_MILLIS, KEY, type MakeFiles, ODD_NAMES, put, read, upload } from './files-under-test.ts';

export function urls(makeFiles: MakeFiles): void {
  test('to read do not write, and URLs to write do not read', async () => {
    const home = await makeFiles();
    const { files, now } = home;
    await upload(home, KEY);
    expect((await put(files.downloadUrl(KEY, now() + HOUR_MILLIS), 'x')).status).toBe(403);
    expect((await fetch(files.uploadUrl(KEY, now() + HOUR_MILLIS))).status).toBe(403);
    expect(await read(files, KEY)).toEqual(BYTES);
  });

  test.each(['DELETE', 'POST'])('allow no %s', async method => {
    const home = await makeFiles();
    const { files, now } = home;
    await upload(home, KEY);
    for (const url of [
      files.downloadUrl(KEY, now() + HOUR_MILLIS),
      files.uploadUrl(KEY, now() + HOUR_MILLIS),
    ])
      expect((await fetch(url, { method })).status).toBeGreaterThanOrEqual(400);
    expect(await read(files, KEY)).toEqual(BYTES);
  });

  test('of one key are not good for another', async () => {
    const home = await makeFiles();
    const { files, now } = home;
    await upload(home, KEY);
    await upload(home, 'outputs/1/2/4');
    const other = (url: string) => url.replace(KEY, 'outputs/1/2/4');
    expect((await fetch(other(files.downloadUrl(KEY, now() + HOUR_MILLIS)))).status).toBe(403);
    expect((await put(other(files.uploadUrl(KEY, now() + HOUR_MILLIS)), 'x')).status).toBe(403);
    expect(await read(files, 'outputs/1/2/4')).toEqual(BYTES);
  });

  test('with another signature are refused', async () => {
    const home = await makeFiles();
    const { files, now } = home;
    await upload(home, KEY);
    expect((await fetch(tampered(files.downloadUrl(KEY, now() + HOUR_MILLIS)))).status).toBe(403);
    expect((await put(tampered(files.uploadUrl(KEY, now() + HOUR_MILLIS)), 'x')).status).toBe(403);
    expect(await read(files, KEY)).toEqual(BYTES);
  });

  test('are good until they expire', async () => {
    const home = await makeFiles();
    await upload(home, KEY);
    const expiresAt = home.now() + 2_000;
    const [get, toPut] = [home.files.downloadUrl(KEY, expiresAt), home.files.uploadUrl(KEY, expiresAt)];
    expect((await fetch(get)).status).toBe(200);
    expect((await put(toPut, 'x')).status).toBe(200);
    await home.advance(4_000);
    expect((await fetch(get)).status).toBe(403);
    expect((await put(toPut, 'late')).status).toBe(403);
    expect(await read(home.files, KEY)).toEqual(new TextEncoder().encode('x'));
  });
}

/** Changes one character of the longest word of a URL, which is its signature or what it covers. */
function tampered(url: string): string {
  const [word = ''] = (url.match(/[\w-]{40,}/g) ?? []).toSorted((a, b) => b.length - a.length);
  const at = url.indexOf(word) + 20;
  return url.slice(0, at) + (url[at] === 'a' ? 'b' : 'a') + url.slice(at + 1);
}

export function replicas(makeFiles: MakeFiles): void {
  test('of this home can be handed out, and read by their URL', async () => {
    const { files, now, makeReplica } = await makeFiles();
    const replica = await makeReplica('run 17/a.root', BYTES);
    expect(files.faultOf(replica)).toBeUndefined();
    const response = await fetch(files.replicaUrl(replica, now() + HOUR_MILLIS));
    expect(response.status).toBe(200);
    expect(await response.bytes()).toEqual(BYTES);
  });

  test('may have odd names', async () => {
    const { files, now, makeReplica } = await makeFiles();
    for (const [n, name] of ODD_NAMES.entries()) {
      const replica = await makeReplica(name, Uint8Array.of(n));
      expect(files.faultOf(replica)).toBeUndefined();
      const response = await fetch(files.replicaUrl(replica, now() + HOUR_MILLIS));
      expect(await response.bytes()).toEqual(Uint8Array.of(n));
    }
  });

  test('are not written by their URL, and read only until it expires', async () => {
    const { files, now, advance, makeReplica } = await makeFiles();
    const url = files.replicaUrl(await makeReplica('a', BYTES), now() + 2_000);
    expect((await put(url, 'x')).status).toBe(403);
    expect((await fetch(tampered(url))).status).toBe(403);
    expect(await (await fetch(url)).bytes()).toEqual(BYTES);
    await advance(4_000);
    expect((await fetch(url)).status).toBe(403);
  });

  test('that may not be handed out have a fault, in one clause', async () => {
    const { files, forbiddenReplica } = await makeFiles();
    expect(files.faultOf(forbiddenReplica)).toMatch(/^[^\n]+[^.\n]$/);
  });

  test.each([
    'https://data.example/run%2017/a.root?token=x#y',
    'http://data.example',
    'root://eos.example//store/a.root',
    'davs://dav.example:2880/a',
    'gsiftp://grid.example/a b',
  ])('of others are passed through as they are: %s', async url => {
    const { files, now } = await makeFiles();
    expect(files.faultOf(url)).toBeUndefined();
    expect(files.replicaUrl(url, now() + HOUR_MILLIS)).toBe(url);
  });
}
