import { CsvError, parse } from 'csv-parse/sync';
import { MAX_ROW_BYTES } from './bytes.ts';
import { rowReader } from './csv-columns.ts';
import { RowFault } from './file-of-row.ts';
import { type LineReader, LineSplitter } from './lines.ts';
import type { RowParser, RowSink } from './rows.ts';

/** A record's text and the line it begins on; a quoted cell may go on over several lines. */
interface CsvRecord {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads CSV (RFC 4180) with a header; blank lines are skipped. A line end inside quotes is read as LF.
 *
 * Records are told apart here, line by line, so that each has its line number and a broken one does not take
 * the next with it. csv-parse then reads the cells of all records of a piece at once.
 */
export class CsvRows implements RowParser, LineReader {
  readonly #sink: RowSink;
  readonly #splitter = new LineSplitter(this);
  /** Whole records that wait to be read. */
  #records: CsvRecord[] = [];
  /** A record whose last line ended inside quotes. */
  #open: CsvRecord | undefined;
  #readRow: ((cells: readonly string[]) => unknown) | undefined;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  get line(): number {
    return this.#splitter.line;
  }

  push(bytes: Uint8Array): void {
    this.#splitter.push(bytes);
    this.#flush();
  }

  end(): void {
    this.#splitter.end();
    this.#flush();
    if (this.#open) this.#sink.fault(this.#open.line, 'a quoted cell is not closed');
  }

  readLine(line: number, text: string): void {
    if (!this.#open && text.trim() === '') return;
    const record = this.#open
      ? { line: this.#open.line, text: `${this.#open.text}\n${text}` }
      : { line, text };
    const isOpen = endsInQuotes(text, this.#open !== undefined);
    this.#open = isOpen ? record : undefined;
    if (!isOpen) this.#records.push(record);
    else if (record.text.length > MAX_ROW_BYTES) {
      this.skipLine(record.line, 'a quoted cell is not closed within 1 MiB');
    }
  }

  skipLine(line: number, message: string): void {
    this.#flush();
    this.#open = undefined;
    this.#refuse(line, message);
  }

  #flush(): void {
    const records = this.#records;
    this.#records = [];
    const cells = cellsOf(records);
    records.forEach(({ line }, i) => {
      this.#readCells(line, cells[i]);
    });
  }

  #readCells(line: number, cells: readonly string[] | undefined): void {
    if (!cells) {
      this.#refuse(line, 'its quotes do not match; a quote inside a quoted cell is written ""');
      return;
    }
    const readRow = this.#readRow;
    if (readRow) this.#sink.add(line, () => readRow(cells));
    else this.#readHeader(line, cells);
  }

  #readHeader(line: number, cells: readonly string[]): void {
    try {
      this.#readRow = rowReader(cells.map(cell => cell.trim()));
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      this.#refuse(line, error.message);
    }
  }

  /** Without its header a CSV cannot be read on. */
  #refuse(line: number, message: string): void {
    if (this.#readRow) this.#sink.fault(line, message);
    else this.#sink.faults.stop({ line, message });
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;

/** Whether a line ends inside a quoted cell, given whether it begins in one. Only a cell's first byte opens it. */
function endsInQuotes(text: string, beginsInQuotes: boolean): boolean {
  if (!text.includes('"')) return beginsInQuotes;
  let isQuoted = beginsInQuotes;
  let isCellStart = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isQuoted && unit === QUOTE) {
      if (text.charCodeAt(i + 1) === QUOTE) i += 1;
      else isQuoted = false;
    } else if (isCellStart && unit === QUOTE) {
      isQuoted = true;
    }
    isCellStart = unit === COMMA;
  }
  return isQuoted;
}

/** The cells of each record; undefined for one that is not CSV, which is found by reading each by itself. */
function cellsOf(records: readonly CsvRecord[]): (string[] | undefined)[] {
  const texts = records.map(({ text }) => text);
  return parseCsv(texts.join('\n')) ?? texts.map(text => parseCsv(text)?.[0]);
}

function parseCsv(text: string): string[][] | undefined {
  try {
    return parse(text, { record_delimiter: '\n', relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}
