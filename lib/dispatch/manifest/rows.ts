import type { FileSpec } from '../../contract/words.ts';
import { formatDid } from '../../domain/did.ts';
import { FaultList, ManifestInvalid } from './faults.ts';
import { fileOf, RowFault } from './file-of-row.ts';

/** One file of a manifest and the line it begins on, counting from 1. */
export interface ManifestRow {
  readonly line: number;
  readonly file: FileSpec;
}

/** Says in one clause why a well-formed file cannot be taken all the same, or nothing when it can. */
export type CheckFile = (file: FileSpec) => string | undefined;

/** Reads one format: takes the bytes in small pieces and gives what it finds to a RowSink. */
export interface RowParser {
  /** The line that the next byte belongs to. */
  readonly line: number;
  push(bytes: Uint8Array): void;
  /** The source has ended. */
  end(): void;
}

/** What a RowSink accepts: so many files, each of them checked, but for the first `skip`, which are dropped unread. */
interface RowRules {
  readonly maxFiles: number;
  readonly check?: CheckFile | undefined;
  readonly skip?: number | undefined;
}

/** Checks the rows that a parser finds, and keeps the good ones until they are taken. */
export class RowSink {
  readonly faults = new FaultList();
  readonly #maxFiles: number;
  readonly #check: CheckFile;
  readonly #skip: number;
  readonly #rows: ManifestRow[] = [];
  #files = 0;

  constructor({ maxFiles, check = () => undefined, skip = 0 }: RowRules) {
    this.#maxFiles = maxFiles;
    this.#check = check;
    this.#skip = skip;
  }

  /** Files accepted so far. */
  get files(): number {
    return this.#files;
  }

  /** Rows waiting to be taken. */
  get waiting(): number {
    return this.#rows.length;
  }

  /** Takes up to `count` rows, in order. */
  take(count: number): ManifestRow[] {
    return this.#rows.splice(0, count);
  }

  /**
   * Accepts what `read` gives: a DID, or an object with the fields of a file. A RowFault that it throws is
   * noted as a fault of the line.
   */
  add(line: number, read: () => unknown): void {
    if (this.#files < this.#skip) {
      this.#files += 1;
      return;
    }
    let file: FileSpec;
    try {
      file = fileOf(read());
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      this.fault(line, error.message, error.did);
      return;
    }
    const fault = this.#check(file);
    if (fault !== undefined) this.fault(line, fault, formatDid(file));
    this.#files += 1;
    if (this.#files > this.#maxFiles) {
      throw new ManifestInvalid(
        `the manifest names more than ${this.#maxFiles} files, the most a project can have`,
      );
    }
    if (this.faults.isEmpty) this.#rows.push({ line, file });
  }

  /** Refuses a row. No row behind it is kept: the manifest will be refused as a whole. */
  fault(line: number, message: string, did?: string): void {
    this.faults.add(did === undefined ? { line, message } : { line, did, message });
  }
}
