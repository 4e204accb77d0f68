import { LIMITS } from '../../contract/limits.ts';
import { DEFAULT_LANE } from '../../contract/words.ts';
import { formatDid } from '../../domain/did.ts';
import { type Hash64, hash64 } from '../../domain/hash.ts';
import { RowHashes, refuseDuplicates } from './duplicates.ts';
import { FaultList, quoted } from './faults.ts';
import { type ReadOptions, readManifest } from './read-manifest.ts';

/** What is known of a manifest that was read once and found good. */
export interface Survey {
  readonly files: number;
  /** Files by lane. */
  readonly lanes: ReadonlyMap<string, number>;
}

/** What a survey has to remember of some rows that follow each other. */
export interface RowNotes {
  /** Files by lane. */
  readonly lanes: ReadonlyMap<string, number>;
  /** The hash of each row's DID: its upper half, its lower half. */
  readonly hashes: Uint32Array;
}

/** Where a survey keeps its notes, so that another one can go on where it was cut off. */
export interface SurveyNotes {
  /** The notes that were kept, from the first rows on. */
  read(): AsyncIterable<RowNotes>;
  /** Keeps the notes of the next rows; `number` counts from 0. */
  keep(number: number, notes: RowNotes): Promise<void>;
}

export interface SurveyOptions extends Omit<ReadOptions, 'skip'> {
  /** Told after each batch how many rows were read so far. */
  readonly onProgress?: (progress: { readonly rows: number }) => void;
  readonly notes?: SurveyNotes;
}

/** Rows of one note: 175 kB as text. */
const NOTED_ROWS = 16_384;

/**
 * Reads a whole manifest to see whether a project can be made of it: every row is well formed, no DID is
 * there twice, and the lanes are few enough. About 14 bytes are kept for each file.
 *
 * `open` begins reading the manifest anew each time; a second time only when two DIDs have the same hash. Of rows that
 * are in the notes nothing is looked at. Throws ManifestInvalid.
 */
export async function surveyManifest(
  open: () => AsyncIterable<Uint8Array>,
  { onProgress, notes, ...options }: SurveyOptions = {},
): Promise<Survey> {
  const lanes = new Map<string, number>();
  const hashes = new RowHashes();
  let numberOfNotes = 0;
  let skip = 0;
  for await (const noted of notes?.read() ?? []) {
    for (const [lane, files] of noted.lanes) count(lanes, lane, files);
    for (const hash of hashesOf(noted)) hashes.add(hash);
    skip += noted.hashes.length / 2;
    numberOfNotes += 1;
  }
  let rows = skip;
  let noting = new Noting();
  for await (const batch of readManifest(open(), { ...options, skip })) {
    for (const { line, file } of batch) {
      const lane = file.lane ?? DEFAULT_LANE;
      count(lanes, lane, 1);
      if (lanes.size > LIMITS.lanes) new FaultList().stop({ line, message: tooManyLanes(lane) });
      const hash = hash64(formatDid(file));
      hashes.add(hash);
      if (notes && noting.add(lane, hash) === NOTED_ROWS) {
        await notes.keep(numberOfNotes, noting);
        numberOfNotes += 1;
        noting = new Noting();
      }
    }
    rows += batch.length;
    onProgress?.({ rows });
  }
  await refuseDuplicates(hashes, () => readManifest(open(), options));
  return { files: rows, lanes };
}

/** Notes in the making. */
class Noting implements RowNotes {
  readonly lanes = new Map<string, number>();
  readonly hashes = new Uint32Array(2 * NOTED_ROWS);
  #rows = 0;

  /** Answers the rows noted by now. */
  add(lane: string, { high, low }: Hash64): number {
    count(this.lanes, lane, 1);
    this.hashes[2 * this.#rows] = high;
    this.hashes[2 * this.#rows + 1] = low;
    this.#rows += 1;
    return this.#rows;
  }
}

function* hashesOf({ hashes }: RowNotes): Generator<Hash64> {
  for (let word = 0; word < hashes.length; word += 2)
    yield { high: hashes[word] ?? 0, low: hashes[word + 1] ?? 0 };
}

function count(lanes: Map<string, number>, lane: string, files: number): void {
  lanes.set(lane, (lanes.get(lane) ?? 0) + files);
}

/** What is said of the lane with which there are more than a project can have. */
export function tooManyLanes(lane: string): string {
  return `the lane ${quoted(lane)} is one more than the ${LIMITS.lanes} that a project can have`;
}
