import { decodeUtf8, LF, NOT_UTF8, RowBytes, TOO_LONG } from './bytes.ts';

/** What a LineSplitter gives its lines to, in order. */
export interface LineReader {
  /** A line without its end. `line` counts from 1. */
  readLine(line: number, text: string): void;
  /** A line that could not be read, with the reason. */
  skipLine(line: number, message: string): void;
}

/** Splits bytes into lines that end in LF or CRLF; the last may lack its end. */
export class LineSplitter {
  readonly #reader: LineReader;
  readonly #begun = new RowBytes();
  #line = 1;

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  /** The line that the next byte belongs to. */
  get line(): number {
    return this.#line;
  }

  push(bytes: Uint8Array): void {
    const last = bytes.lastIndexOf(LF);
    let from = 0;
    if (last >= 0 && this.#begun.length > 0) {
      const first = bytes.indexOf(LF);
      this.#begun.add(bytes.subarray(0, first));
      this.#readBegun();
      from = first + 1;
    }
    if (from <= last) this.#readWhole(bytes.subarray(from, last));
    if (last + 1 < bytes.length) this.#begun.add(bytes.subarray(last + 1));
  }

  end(): void {
    if (this.#begun.length > 0) this.#readBegun();
  }

  #readBegun(): void {
    const bytes = this.#begun.take();
    if (bytes) this.#read(bytes);
    else this.#reader.skipLine(this.#line++, TOO_LONG);
  }

  /** Several whole lines, decoded at once; one by one only to find which is not UTF-8. */
  #readWhole(bytes: Uint8Array): void {
    const text = decodeUtf8(bytes);
    if (text !== undefined) {
      for (const line of text.split('\n')) this.#readText(line);
      return;
    }
    for (let from = 0; from <= bytes.length; ) {
      const end = bytes.indexOf(LF, from);
      const to = end < 0 ? bytes.length : end;
      this.#read(bytes.subarray(from, to));
      from = to + 1;
    }
  }

  #read(bytes: Uint8Array): void {
    const text = decodeUtf8(bytes);
    if (text === undefined) this.#reader.skipLine(this.#line++, NOT_UTF8);
    else this.#readText(text);
  }

  #readText(text: string): void {
    this.#reader.readLine(this.#line++, text.endsWith('\r') ? text.slice(0, -1) : text);
  }
}
