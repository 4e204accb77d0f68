import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { withKnownSize } from '../../../lib/cli/create/known-size.ts';
import type { ManifestSource } from '../../../lib/cli/create/manifest-source.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const MANIFEST: ManifestSource = { bytes: Readable.from([]), format: 'lines', isPlain: true };
const { signal } = new AbortController();

afterEach(() => vi.unstubAllEnvs());

test('what has no known size is passed on with it, and nothing is left of it', async () => {
  vi.stubEnv('TMPDIR', await tempFolder());
  const bytes = Readable.from([Buffer.from('one\n'), Buffer.from('zwölf\n')]);

  const seen = await withKnownSize({ ...MANIFEST, bytes }, signal, async source => ({
    text: await text(source.bytes),
    size: source.sizeBytes,
    format: source.format,
  }));

  expect(seen).toEqual({ text: 'one\nzwölf\n', size: 11, format: 'lines' });
  expect(await readdir(tmpdir())).toEqual([]);
});

test('what cannot be read fails as it is, and nothing is left of it', async () => {
  vi.stubEnv('TMPDIR', await tempFolder());
  const fault = new Error('the folder is gone');
  const broken = async function* () {
    yield Buffer.from('one\n');
    throw fault;
  };

  await expect(withKnownSize({ ...MANIFEST, bytes: broken() }, signal, async () => {})).rejects.toBe(fault);
  expect(await readdir(tmpdir())).toEqual([]);
});

test('what has a size is passed on untouched', async () => {
  const source = { ...MANIFEST, sizeBytes: 3 };
  expect(await withKnownSize(source, signal, async given => given)).toBe(source);
});
