import { LIMITS } from '../../contract/limits.ts';
import { DEFAULT_LANE } from '../../contract/words.ts';
import { formatDid } from '../../domain/did.ts';
import { hash64 } from '../../domain/hash.ts';
import { RowHashes, refuseDuplicates } from './duplicates.ts';
import { FaultList, quoted } from './faults.ts';
import { type ReadOptions, readManifest } from './read-manifest.ts';

/** What is known of a manifest that was read once and found good. */
export interface Survey {
  readonly files: number;
  /** Files by lane. */
  readonly lanes: ReadonlyMap<string, number>;
}

export interface SurveyOptions extends ReadOptions {
  /** Told after each batch how many rows were read so far. */
  readonly onProgress?: (progress: { readonly rows: number }) => void;
}

/**
 * Reads a whole manifest to see whether a project can be made of it: every row is well formed, no DID is
 * there twice, and the lanes are few enough. About 14 bytes are kept for each file.
 *
 * `open` begins reading the manifest anew each time; a second time only when two DIDs have the same hash.
 * Throws ManifestInvalid.
 */
export async function surveyManifest(
  open: () => AsyncIterable<Uint8Array>,
  { onProgress, ...options }: SurveyOptions = {},
): Promise<Survey> {
  const lanes = new Map<string, number>();
  const hashes = new RowHashes();
  let rows = 0;
  for await (const batch of readManifest(open(), options)) {
    for (const { line, file } of batch) {
      const lane = file.lane ?? DEFAULT_LANE;
      lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      if (lanes.size > LIMITS.lanes) new FaultList().stop({ line, message: tooManyLanes(lane) });
      hashes.add(hash64(formatDid(file)));
    }
    rows += batch.length;
    onProgress?.({ rows });
  }
  await refuseDuplicates(hashes, () => readManifest(open(), options));
  return { files: rows, lanes };
}

/** What is said of the lane with which there are more than a project can have. */
export function tooManyLanes(lane: string): string {
  return `the lane ${quoted(lane)} is one more than the ${LIMITS.lanes} that a project can have`;
}
