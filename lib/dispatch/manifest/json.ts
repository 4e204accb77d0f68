import { decodeUtf8, LF, NOT_UTF8, RowBytes, TOO_LONG } from './bytes.ts';
import { parseJson } from './file-of-row.ts';
import { isJsonSpace, JsonValueScanner } from './json-value.ts';
import type { RowParser, RowSink } from './rows.ts';

/** Where between two values, or before the first, the reading is. */
type Place =
  | 'start'
  | 'first file'
  | 'file'
  | 'after file'
  | 'first member'
  | 'member'
  | 'after name'
  | 'after "files"'
  | 'files'
  | 'ignored'
  | 'after member'
  | 'end';

type Role = 'file' | 'name' | 'ignored';

/** What may come at a place: a mark, which leads to another place, or a value. */
interface Expected {
  readonly marks: Readonly<Record<string, Place>>;
  readonly value?: Role;
  readonly words: string;
}

const EXPECTED: Readonly<Record<Place, Expected>> = {
  start: { marks: { '[': 'first file', '{': 'first member' }, words: '[ or {' },
  'first file': { marks: { ']': 'after member' }, value: 'file', words: 'a file or ]' },
  file: { marks: {}, value: 'file', words: 'a file' },
  'after file': { marks: { ',': 'file', ']': 'after member' }, words: 'a comma or ]' },
  'first member': { marks: { '}': 'end' }, value: 'name', words: 'a member or }' },
  member: { marks: {}, value: 'name', words: 'a member' },
  'after name': { marks: { ':': 'ignored' }, words: 'a colon' },
  'after "files"': { marks: { ':': 'files' }, words: 'a colon' },
  files: { marks: { '[': 'first file' }, words: 'the array of "files"' },
  ignored: { marks: {}, value: 'ignored', words: 'a value' },
  'after member': { marks: { ',': 'member', '}': 'end' }, words: 'a comma or }' },
  end: { marks: {}, words: 'the end of the manifest' },
};

/** A value that has begun and not yet ended. */
interface OpenValue {
  readonly role: Role;
  readonly line: number;
  readonly scanner: JsonValueScanner;
}

/**
 * Reads a JSON array of files, or an object whose `files` member is that array; its other members are ignored.
 *
 * The document is never held as a whole: each file is cut out of the bytes and parsed by itself. So a fault
 * inside a file leaves the next ones readable; a fault between files ends the reading.
 */
export class JsonRows implements RowParser {
  readonly #sink: RowSink;
  readonly #bytes = new RowBytes();
  #line = 1;
  #place: Place = 'start';
  #open: OpenValue | undefined;
  #isObject = false;
  #hasFiles = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  get line(): number {
    return this.#line;
  }

  push(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; ) {
      index = this.#open ? this.#readOn(this.#open, bytes, index) : this.#step(bytes, index);
    }
  }

  end(): void {
    if (this.#open) this.#stop(`the JSON ends inside of what begins on line ${this.#open.line}`);
    if (this.#place === 'start') return;
    if (this.#place !== 'end') this.#stop(`the JSON ends where ${EXPECTED[this.#place].words} is expected`);
    if (!this.#hasFiles) this.#stop('the JSON object has no member "files"');
  }

  /** Takes one byte that is between values; returns the index of the next. */
  #step(bytes: Uint8Array, index: number): number {
    const byte = bytes[index] ?? 0;
    if (byte === LF) this.#line += 1;
    if (isJsonSpace(byte)) return index + 1;
    const mark = String.fromCharCode(byte);
    const { marks, value, words } = EXPECTED[this.#place];
    const next = marks[mark];
    if (next) {
      this.#go(next);
      return index + 1;
    }
    if (!value || ',:]}'.includes(mark)) this.#stop(`${words} is expected`);
    this.#open = { role: value, line: this.#line, scanner: new JsonValueScanner() };
    return this.#readOn(this.#open, bytes, index);
  }

  #go(place: Place): void {
    if (place === 'first member') this.#isObject = true;
    if (place === 'first file') {
      if (this.#hasFiles) this.#stop('"files" is there twice');
      this.#hasFiles = true;
    }
    this.#place = place === 'after member' && !this.#isObject ? 'end' : place;
  }

  /** Takes what `bytes` have of the open value from index `from` on; returns the index after it. */
  #readOn(open: OpenValue, bytes: Uint8Array, from: number): number {
    const { index, because, lines } = open.scanner.scan(bytes, from);
    this.#line += lines;
    if (because === 'line ends in a string') this.#stop('a string is not closed on its line');
    if (open.role !== 'ignored') this.#bytes.add(bytes.subarray(from, index));
    if (because === 'value ends') this.#close(open);
    return index;
  }

  #close({ role, line }: OpenValue): void {
    this.#open = undefined;
    if (role === 'ignored') {
      this.#place = 'after member';
      return;
    }
    const bytes = this.#bytes.take();
    const text = bytes && decodeUtf8(bytes);
    if (role === 'name') {
      this.#place = text === '"files"' ? 'after "files"' : 'after name';
      return;
    }
    this.#place = 'after file';
    if (text === undefined) this.#sink.fault(line, bytes ? NOT_UTF8 : TOO_LONG);
    else this.#sink.add(line, () => parseJson(text));
  }

  #stop(message: string): never {
    return this.#sink.faults.stop({ line: this.#line, message });
  }
}
