import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Files } from '../../lib/dispatch/ports.ts';

/** Files under test, what they read replicas from, and time. */
export interface FilesUnderTest {
  readonly files: Files;
  /** The time that URLs expire by, ms since 1970. */
  now(): number;
  /** Lets at least this much time pass. */
  advance(millis: number): Promise<void>;
  /** Makes a file that this home may hand out, and answers its replica's URL. */
  makeReplica(name: string, bytes: Uint8Array): Promise<string>;
  /** The URL of a replica in this home's own scheme that it may not hand out. */
  readonly forbiddenReplica: string;
}

export type MakeFiles = () => Promise<FilesUnderTest>;

export const KEY = 'outputs/1/2/3';
export const HOUR_MILLIS = 3_600_000;
export const BYTES = Uint8Array.from({ length: 1_000 }, (_, at) => at % 251);
export const ODD_NAMES = [
  'a b',
  ' ',
  '100%',
  '%2F',
  'a#b',
  'a?b=c&d',
  'a:b',
  'a+b',
  "it's",
  '"quoted"',
  'a;b,c=d@e!$(f)*[g]',
  'back\\slash',
  'Grüße',
  'u\u0308',
  '漢字',
  '🙂',
  '.hidden',
  '...',
  '~',
  '-rf',
];

export function put(url: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(url, { method: 'PUT', body });
}

/** Puts bytes under a key by its URL. */
export async function upload(
  { files, now }: FilesUnderTest,
  key: string,
  bytes: Uint8Array<ArrayBuffer> = BYTES,
): Promise<void> {
  const response = await put(files.uploadUrl(key, now() + HOUR_MILLIS), bytes);
  expect(response.status).toBe(200);
}

/** The bytes of a key, read by its URL. */
export async function download({ files, now }: FilesUnderTest, key: string): Promise<Uint8Array> {
  const response = await fetch(files.downloadUrl(key, now() + HOUR_MILLIS));
  expect(response.status).toBe(200);
  return response.bytes();
}

/** The bytes of a key, read by the home itself. */
export async function read(files: Files, key: string): Promise<Uint8Array | undefined> {
  const bytes = await files.open(key);
  return bytes && new Uint8Array(await buffer(bytes));
}
