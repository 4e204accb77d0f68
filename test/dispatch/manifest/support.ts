import type { ManifestFormat } from '../../../lib/contract/projects.ts';
import { ManifestInvalid } from '../../../lib/dispatch/manifest/faults.ts';
import {
  type ManifestRow,
  type ReadOptions,
  readManifest,
} from '../../../lib/dispatch/manifest/read-manifest.ts';
import { formatDid } from '../../../lib/domain/did.ts';

/** A source that gives `content` in chunks that end at the given offsets, and one more at the end. */
export async function* source(
  content: string | Uint8Array,
  cuts: readonly number[] = [],
): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const ends = [...cuts.filter(cut => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
  let from = 0;
  for (const end of ends) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

/** All rows of a manifest. */
export async function rowsOf(
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  options?: ReadOptions,
): Promise<ManifestRow[]> {
  const rows: ManifestRow[] = [];
  const bytes = typeof content === 'string' || content instanceof Uint8Array ? source(content) : content;
  for await (const batch of readManifest(bytes, options)) rows.push(...batch);
  return rows;
}

/** All rows, each as `line DID`. */
export async function didsOf(content: string | Uint8Array, format?: ManifestFormat): Promise<string[]> {
  return (await rowsOf(content, { format })).map(({ line, file }) => `${line} ${formatDid(file)}`);
}

/** What a promise is refused with, which must be a ManifestInvalid. */
export async function refusalOf(reading: Promise<unknown>): Promise<ManifestInvalid> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof ManifestInvalid) return error;
    throw error;
  }
  throw new Error('the manifest was accepted');
}

/** The faults that a manifest is refused for, each as `line: message`. */
export async function faultsOf(content: string | Uint8Array, format?: ManifestFormat): Promise<string[]> {
  const { faults } = await refusalOf(rowsOf(content, { format }));
  return faults.map(({ line, message }) => `${line}: ${message}`);
}
