import { finished } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { inPieces, rejoin, takeHead } from './bytes.ts';

/** The source looked like gzip, and could not be inflated further. */
export class GzipFault extends Error {
  override readonly name = 'GzipFault';
}

/**
 * Inflates a source that begins with the magic bytes of gzip (RFC 1952; several members one after another
 * too), and passes any other through as it is; in small pieces both. Everything that could be inflated is
 * delivered before a GzipFault is thrown.
 */
export async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, rest } = await takeHead(inPieces(bytes), head => head.length >= 2);
  const source = rejoin(head, rest);
  yield* head[0] === 0x1f && head[1] === 0x8b ? gunzip(source) : source;
}

/**
 * One piece is inflated at a time and its output handed on before the next: a pipe would throw away what it
 * had buffered when it met a fault, and the fault's line would be wrong.
 */
async function* gunzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip();
  const output: Uint8Array[] = [];
  stream.on('data', (piece: Uint8Array) => output.push(piece));
  try {
    for await (const piece of pieces) yield* outputOf(write(stream, piece), output);
    stream.end();
    yield* outputOf(finished(stream), output);
  } finally {
    stream.destroy();
  }
}

/** What a step puts out, also when it ends in a fault. */
async function* outputOf(step: Promise<void>, output: Uint8Array[]): AsyncGenerator<Uint8Array> {
  const fault = await faultOf(step);
  yield* output.splice(0);
  if (fault) throw fault;
}

/** zlib never calls back the write that it fails on, so the error has to be listened for. */
function write(stream: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(piece, () => {
      stream.off('error', reject);
      resolve();
    });
  });
}

async function faultOf(step: Promise<void>): Promise<GzipFault | undefined> {
  try {
    await step;
    return undefined;
  } catch (cause) {
    const isCutShort = cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR';
    return new GzipFault(
      isCutShort ? 'the gzip data ends too early' : 'the gzip data is damaged, or followed by something else',
      { cause },
    );
  }
}
