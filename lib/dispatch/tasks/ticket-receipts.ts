/** Receipts remembered at the least. */
const LEAST = 5_000;

export interface KeptReceipt {
  readonly ticketQueue: string;
  readonly receipt: string;
  readonly generation: number;
}

/**
 * The receipts of the tickets whose tasks this process handed out, by the tokens of the tasks: so that a ticket is
 * deleted with the end of its task. One that is not remembered comes up at its task's deadline and is deleted then.
 *
 * They are forgotten by the thousand, as requests are.
 */
export class TicketReceipts {
  #recent = new Map<string, KeptReceipt>();
  #older: ReadonlyMap<string, KeptReceipt> = new Map();

  keep(token: string, receipt: KeptReceipt): void {
    if (this.#recent.size >= LEAST) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(token, receipt);
  }

  of(token: string): KeptReceipt | undefined {
    return this.#recent.get(token) ?? this.#older.get(token);
  }
}
