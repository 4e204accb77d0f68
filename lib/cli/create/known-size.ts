import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManifestSource } from './manifest-source.ts';

/**
 * Passes a manifest on with its size. What nobody knows the size of is kept in a temporary file meanwhile: S3 takes
 * nothing without it.
 */
export async function withKnownSize<T>(
  source: ManifestSource,
  signal: AbortSignal,
  use: (source: ManifestSource) => Promise<T>,
): Promise<T> {
  if (source.sizeBytes !== undefined) return use(source);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-manifest-'));
  try {
    const file = join(folder, 'manifest');
    await writeFile(file, source.bytes, { signal });
    const { size } = await stat(file);
    return await use({ ...source, bytes: createReadStream(file), sizeBytes: size });
  } finally {
    await rm(folder, { recursive: true });
  }
}
