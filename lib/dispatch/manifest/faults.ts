/** What is wrong with one line of a manifest. `line` counts from 1; `did` is there when the line tells it. */
export interface ManifestFault {
  readonly line: number;
  readonly did?: string;
  readonly message: string;
}

/** Faults that are named; the others are only counted. */
const NAMED_FAULTS = 5;

/** Faults that are counted; one more ends the reading. */
const COUNTED_FAULTS = 1000;

/**
 * The manifest cannot be used as it is. The message is one sentence that names the first five faults.
 *
 * `faults` are those five, by line; `total` is how many were found (1,001 stands for "more than 1,000").
 * Both are empty for a manifest that is wrong as a whole.
 */
export class ManifestInvalid extends Error {
  override readonly name = 'ManifestInvalid';
  readonly faults: readonly ManifestFault[];
  readonly total: number;

  constructor(message: string, faults: readonly ManifestFault[] = [], total = faults.length) {
    super(message);
    this.faults = faults;
    this.total = total;
  }
}

/** Gathers faults in the order of their lines. */
export class FaultList {
  readonly #named: ManifestFault[] = [];
  #total = 0;

  get isEmpty(): boolean {
    return this.#total === 0;
  }

  /** Notes a fault that reading can go on after. Throws ManifestInvalid when there are too many to count. */
  add(fault: ManifestFault): void {
    this.#total += 1;
    if (this.#named.length < NAMED_FAULTS) this.#named.push(fault);
    if (this.#total > COUNTED_FAULTS) this.raise();
  }

  /** Notes a fault that nothing can be read after, and throws ManifestInvalid. */
  stop(fault: ManifestFault): never {
    this.add(fault);
    return this.#throw();
  }

  /** Throws ManifestInvalid when there is any fault. */
  raise(): void {
    if (!this.isEmpty) this.#throw();
  }

  #throw(): never {
    throw new ManifestInvalid(sentence(this.#named, this.#total), this.#named, this.#total);
  }
}

function sentence(named: readonly ManifestFault[], total: number): string {
  const count =
    total === 1
      ? 'a fault'
      : total > COUNTED_FAULTS
        ? `more than ${COUNTED_FAULTS} faults`
        : `${total} faults`;
  const some = total > named.length ? `, the first ${named.length}` : '';
  return `the manifest has ${count}${some}: ${named.map(({ line, message }) => `line ${line}: ${message}`).join('; ')}`;
}

const QUOTED_LENGTH = 80;
const QUOTED_TEXTS = 3;

/** A text of the manifest as it is shown in a message: quoted, and cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text);
}

/** Several such texts; the first three when they are many. */
export function quotedList(texts: readonly string[]): string {
  const some = texts.slice(0, QUOTED_TEXTS).map(quoted).join(', ');
  return texts.length > QUOTED_TEXTS ? `${some}, …` : some;
}
