const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Whether a byte is one of JSON's four kinds of space. */
export function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}

/** Where a scan of a piece stopped: the index of the first byte it did not take, why, and the lines it passed. */
export interface ScanStop {
  readonly index: number;
  readonly lines: number;
  readonly because: 'value ends' | 'piece ends' | 'line ends in a string';
}

/**
 * Finds where one JSON value ends, over as many pieces as it takes, without understanding what is in it: it
 * follows brackets and strings, and leaves the rest to JSON.parse.
 */
export class JsonValueScanner {
  #isBegun = false;
  /** Open brackets. A number, a name or a string by itself has none. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** Goes on in `piece` at index `from`, which is the value's first byte the first time. */
  scan(piece: Uint8Array, from: number): ScanStop {
    return this.#isBegun ? this.#scanOn(piece, from) : this.#begin(piece, from);
  }

  #begin(piece: Uint8Array, from: number): ScanStop {
    const first = piece[from];
    this.#isBegun = true;
    this.#depth = first === OPEN_BRACE || first === OPEN_BRACKET ? 1 : 0;
    this.#isInString = first === QUOTE;
    return this.#scanOn(piece, from + 1);
  }

  #scanOn(piece: Uint8Array, from: number): ScanStop {
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let lines = 0;
    for (let index = from; index < piece.length; index++) {
      const byte = piece[index] ?? 0;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === LF) return { index, lines, because: 'line ends in a string' };
        else if (byte === QUOTE) {
          isInString = false;
          if (depth === 0) return { index: index + 1, lines, because: 'value ends' };
        }
      } else if (depth === 0) {
        if (endsScalar(byte)) return { index, lines, because: 'value ends' };
      } else if (byte === QUOTE) {
        isInString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return { index: index + 1, lines, because: 'value ends' };
      } else if (byte === LF) {
        lines += 1;
      }
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    return { index: piece.length, lines, because: 'piece ends' };
  }
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || isJsonSpace(byte);
}
