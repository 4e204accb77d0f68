import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SpoolOptions {
  /** The folder for what does not fit into memory; a file is made there only then. */
  readonly folder: string;
  /** A block is as large as it can be without the next line. */
  readonly blockBytes: number;
  /** Blocks that are kept in memory. */
  readonly memoryBlocks: number;
}

/**
 * Lines that wait, in their order: in memory, and where they are many in a file that has no name, so that it goes with
 * the process. What the disk does not take is lost, and a line says how much.
 */
export class Spool {
  readonly #options: SpoolOptions;
  /** The oldest, then those in the file, then the lines that came last. */
  readonly #blocks: Buffer[] = [];
  readonly #filed: number[] = [];
  #newest: string[] = [];
  #newestBytes = 0;
  /** Bytes that the disk did not take, before the newest. */
  #lostBytes = 0;
  #file: number | undefined;
  #readTo = 0;
  #writtenTo = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#blocks.length + this.#newestBytes === 0 && this.#filed.length === 0;
  }

  /** Whether a whole block waits. */
  get isBusy(): boolean {
    return this.#blocks.length > 0 || this.#filed.length > 0;
  }

  /** Takes a line with its end, shorter than a block. */
  add(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#newestBytes + bytes > this.#options.blockBytes) this.#putNewest();
    this.#newest.push(line);
    this.#newestBytes += bytes;
  }

  /** The oldest lines, at most a block of them. */
  take(): string {
    const block = this.#blocks.shift() ?? (this.#filed.length > 0 ? this.#read() : this.#takeNewest());
    return block.toString();
  }

  /** Forgets all that waits. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#blocks.length = 0;
    this.#filed.length = 0;
    this.#takeNewest();
  }

  #takeNewest(): Buffer {
    const lost = this.#lostBytes > 0 ? lossLine(this.#lostBytes) : '';
    const block = Buffer.from(lost + this.#newest.join(''));
    this.#newest = [];
    this.#newestBytes = 0;
    this.#lostBytes = 0;
    return block;
  }

  #putNewest(): void {
    const lostBytes = this.#lostBytes + this.#newestBytes;
    const block = this.#takeNewest();
    if (this.#filed.length === 0 && this.#blocks.length < this.#options.memoryBlocks)
      this.#blocks.push(block);
    else if (!this.#write(block)) this.#lostBytes = lostBytes;
  }

  /** False when the disk does not take it. */
  #write(block: Buffer): boolean {
    try {
      this.#file ??= openNameless(this.#options.folder);
      if (this.#filed.length === 0) this.#writtenTo = this.#readTo = 0;
      for (let done = 0; done < block.length; )
        done += writeSync(this.#file, block, done, block.length - done, this.#writtenTo + done);
    } catch {
      return false;
    }
    this.#writtenTo += block.length;
    this.#filed.push(block.length);
    return true;
  }

  #read(): Buffer {
    const block = Buffer.alloc(this.#filed.shift() ?? 0);
    for (let done = 0; this.#file !== undefined && done < block.length; )
      done += readSync(this.#file, block, done, block.length - done, this.#readTo + done);
    this.#readTo += block.length;
    return block;
  }
}

function lossLine(bytes: number): string {
  return `=== ${bytes} bytes are left out: there was no room for them on the disk\n`;
}

function openNameless(folder: string): number {
  const path = join(folder, `.sluice-log-${crypto.randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  rmSync(path);
  return file;
}
