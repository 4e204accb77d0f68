import { constants, gunzipSync } from 'node:zlib';

/** As much of a manifest as is looked at. */
export const HEAD_BYTES = 64 * 1024;

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Whether a manifest, gzip or not, is a plain list of DIDs, as far as its beginning tells: its first line that is
 * not blank is neither JSON nor the header of a CSV.
 */
export function isPlainDids(head: Buffer): boolean {
  const line = beginning(head).trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
  return line !== '' && !/^[{["]/.test(line) && !isCsvHeader(line);
}

function beginning(head: Buffer): string {
  if (!head.subarray(0, GZIP.length).equals(GZIP)) return withoutMark(head);
  try {
    return withoutMark(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    // Not gzip after all; the server says what is wrong with it.
    return '';
  }
}

function withoutMark(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function isCsvHeader(line: string): boolean {
  return line.split(',').some(cell => /^\s*("?)(did|name)\1\s*$/.test(cell));
}
