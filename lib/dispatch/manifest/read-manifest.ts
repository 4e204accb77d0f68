import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '../../contract/limits.ts';
import type { ManifestFormat } from '../../contract/projects.ts';
import { rejoin, takeHead } from './bytes.ts';
import { CsvRows } from './csv.ts';
import { ManifestInvalid } from './faults.ts';
import { detectFormat, tellsFormat, withoutBom } from './format.ts';
import { GzipFault, inflated } from './gunzip.ts';
import { JsonRows } from './json.ts';
import { didLineRows, ndjsonRows } from './line-rows.ts';
import { type CheckFile, type ManifestRow, type RowParser, RowSink } from './rows.ts';

export type { ManifestRow } from './rows.ts';

/** Rows handed over at a time. */
const BATCH_ROWS = 1000;

const PARSERS: Record<ManifestFormat, (sink: RowSink) => RowParser> = {
  ndjson: ndjsonRows,
  json: sink => new JsonRows(sink),
  csv: sink => new CsvRows(sink),
  lines: didLineRows,
};

export interface ReadOptions {
  /** How the manifest is written; told from its beginning when it is not given. */
  readonly format?: ManifestFormat | undefined;
  /** Most files it may name. */
  readonly maxFiles?: number;
  /** What a file must be beyond well formed. */
  readonly check?: CheckFile | undefined;
  /** Files at the beginning that are known to be good: they are passed over, and not given. */
  readonly skip?: number;
}

/**
 * Reads a manifest, gzip or not, and gives its files in batches of up to 1,000, in order. Memory is bounded
 * by the batch and the longest row, and other work gets its turn about every millisecond.
 *
 * Throws ManifestInvalid once all faults were looked for. Until then no batch means that the manifest is
 * good, though none has a row from behind the first fault. What the source throws is passed on.
 */
export async function* readManifest(
  bytes: AsyncIterable<Uint8Array>,
  { format, maxFiles = LIMITS.projectFiles, check, skip }: ReadOptions = {},
): AsyncGenerator<ManifestRow[]> {
  const sink = new RowSink({ maxFiles, check, skip });
  let parser: RowParser | undefined;
  try {
    const { head, rest } = await takeHead(inflated(bytes), tellsFormat);
    parser = PARSERS[format ?? detectFormat(head)](sink);
    for await (const piece of rejoin(withoutBom(head), rest)) {
      parser.push(piece);
      while (sink.waiting >= BATCH_ROWS) yield sink.take(BATCH_ROWS);
      await setImmediate();
    }
    parser.end();
  } catch (error) {
    if (!(error instanceof GzipFault)) throw error;
    sink.faults.stop({ line: parser?.line ?? 1, message: error.message });
  }
  sink.faults.raise();
  if (sink.files === 0) throw new ManifestInvalid('the manifest names no file');
  if (sink.waiting > 0) yield sink.take(BATCH_ROWS);
}
