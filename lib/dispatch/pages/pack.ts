/**
 * Several pages as one run of bytes: how many there are and the length of each, as little-endian uint32, then the
 * pages themselves.
 */

const NUMBER_BYTES = 4;

export function packed(pages: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(NUMBER_BYTES * (1 + pages.length));
  head.writeUInt32LE(pages.length);
  for (const [n, page] of pages.entries()) head.writeUInt32LE(page.length, NUMBER_BYTES * (1 + n));
  return Buffer.concat([head, ...pages]);
}

/** One of the pages; undefined when there are fewer. */
export function unpacked(bytes: Uint8Array, number: number): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numberAt = (n: number) => view.getUint32(NUMBER_BYTES * n, true);
  const count = numberAt(0);
  if (number >= count) return undefined;
  let from = NUMBER_BYTES * (1 + count);
  for (let n = 0; n < number; n += 1) from += numberAt(1 + n);
  return bytes.subarray(from, from + numberAt(1 + number));
}
