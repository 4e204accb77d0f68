import { expect, test } from 'vitest';
import type { JsonObject, Store } from '../../lib/dispatch/ports.ts';

const KEY = { partition: 'p', sort: 's' };

const DOCUMENTS: [string, JsonObject][] = [
  ['no member', {}],
  [
    'every kind of member',
    { a: null, b: true, c: -1.5e-7, d: 'text', e: [1, ['x'], {}], f: { g: { h: [] } } },
  ],
  ['large whole numbers', { at: Number.MAX_SAFE_INTEGER, before: Number.MIN_SAFE_INTEGER, none: 0 }],
  ['empty text and lists', { text: '', list: [], object: {} }],
  ['many scripts', { 'Grüße 🙂': 'Ω漢字\u0000\n"\\\u{1F469}\u200D\u{1F52C}', combining: 'e\u0301' }],
  ['members named like those of objects', { constructor: 1, toString: 'x', 'a.b': 2, '#n': 3, ':v': 4 }],
  ['300 KB', { text: 'ü'.repeat(150_000) }],
];

export function values(makeStore: () => Promise<Store>): void {
  test.each(DOCUMENTS)('keep a document with %s', async (_, value) => {
    const store = await makeStore();
    await store.put(KEY, value, 0);
    expect((await store.get(KEY))?.value).toEqual(value);
  });

  test('leave out members that are undefined', async () => {
    const store = await makeStore();
    await store.put(KEY, { kept: 1, left: undefined, deep: { left: undefined } }, 0);
    expect((await store.get(KEY))?.value).toStrictEqual({ kept: 1, deep: {} });
  });

  test.each([
    ['none', new Uint8Array()],
    ['each of the 256', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    ['300 KB', Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)],
    ['those of a document', new TextEncoder().encode('{"a":1}')],
  ])('keep bytes as bytes: %s', async (_, bytes) => {
    const store = await makeStore();
    await store.put(KEY, bytes, 0);
    const value = (await store.get(KEY))?.value;
    expect(value).toBeInstanceOf(Uint8Array);
    expect(value instanceof Uint8Array && Buffer.from(bytes).equals(value)).toBe(true);
  });

  test('keep the part of a buffer that was given, as it was then', async () => {
    const store = await makeStore();
    const buffer = Uint8Array.of(1, 2, 3, 4);
    await store.put(KEY, buffer.subarray(1, 3), 0);
    buffer.fill(9);
    const value = (await store.get(KEY))?.value;
    expect(value instanceof Uint8Array && [...value]).toEqual([2, 3]);
  });

  test('may change from a document to bytes and back', async () => {
    const store = await makeStore();
    await store.put(KEY, { a: 1 }, 0);
    await store.put(KEY, Uint8Array.of(7), 1);
    expect((await store.get(KEY))?.value).toBeInstanceOf(Uint8Array);
    await store.put(KEY, { a: 2 }, 2);
    expect((await store.get(KEY))?.value).toEqual({ a: 2 });
  });
}
