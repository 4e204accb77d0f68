/** Receipts remembered; the oldest are forgotten first. */
const MOST = 10_000;

export interface KeptReceipt {
  readonly ticketQueue: string;
  readonly receipt: string;
  readonly generation: number;
}

/**
 * The receipts of the tickets whose tasks this process handed out, by the tokens of the tasks: so that a ticket is
 * deleted with the end of its task. One that is not remembered comes up at its task's deadline and is deleted then.
 */
export class TicketReceipts {
  readonly #receipts = new Map<string, KeptReceipt>();

  keep(token: string, receipt: KeptReceipt): void {
    if (this.#receipts.size >= MOST) this.#receipts.delete(this.#receipts.keys().next().value ?? '');
    this.#receipts.set(token, receipt);
  }

  /** The receipt of a token, which is then forgotten. */
  take(token: string): KeptReceipt | undefined {
    const receipt = this.#receipts.get(token);
    this.#receipts.delete(token);
    return receipt;
  }
}
