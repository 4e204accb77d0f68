import type { ManifestFormat } from '../../contract/projects.ts';
import { LF } from './bytes.ts';

/** As much as is looked at of a first line, and of a beginning that is all blank. */
const FIRST_LINE_BYTES = 4096;
const BLANK_BYTES = 64 * 1024;

const SPACES = [0x20, 0x09, 0x0d, LF];
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes without a UTF-8 byte order mark at their beginning. */
export function withoutBom(head: Buffer): Buffer {
  return head.subarray(0, BOM.length).equals(BOM) ? head.subarray(BOM.length) : head;
}

/** Whether the beginning of a manifest holds enough to tell its format. */
export function tellsFormat(head: Buffer): boolean {
  const text = withoutBom(head);
  const start = text.findIndex(byte => !SPACES.includes(byte));
  if (start < 0) return text.length >= BLANK_BYTES;
  return text.includes(LF, start) || text.length - start >= FIRST_LINE_BYTES;
}

/**
 * Tells the format from the first line that is not blank.
 *
 * A line that opens an object and ends is a JSON document printed over many lines; one whose first member is
 * `files` is such a document on one line; any other object is NDJSON. A document with other members
 * before `files` on its first line has to be read with its format given. A CSV header is told by its column
 * `did` or `name`, even when that is the only one.
 */
export function detectFormat(head: Buffer): ManifestFormat {
  const line = withoutBom(head).toString('utf8').trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
  if (line.startsWith('[') || line === '{' || /^\{\s*"files"\s*:/.test(line)) return 'json';
  if (line.startsWith('{')) return 'ndjson';
  if (isCsvHeader(line)) return 'csv';
  return /^"(?:[^"\\]|\\.)*"$/.test(line) ? 'ndjson' : 'lines';
}

function isCsvHeader(line: string): boolean {
  return line.split(',').some(cell => /^\s*("?)(did|name)\1\s*$/.test(cell));
}
