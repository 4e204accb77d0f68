/**
 * A receipt as Sluice hands it out: SQS's receipt handle with the times it stands for, ms since 1970. SQS itself may
 * take an old handle for good after its ticket came up and was received again.
 */
export interface Receipt {
  readonly handle: string;
  readonly receivedAt: number;
  /** From then on somebody else may have received the ticket. */
  readonly voidAt: number;
}

export function formatReceipt({ handle, receivedAt, voidAt }: Receipt): string {
  return `${receivedAt}.${voidAt - receivedAt}.${handle}`;
}

/** The parts of a receipt, or nothing when it is none. */
export function parseReceipt(text: string): Receipt | undefined {
  const [, received, lasts, handle] = /^(\d{1,15})\.(\d{1,8})\.(\S+)$/.exec(text) ?? [];
  if (received === undefined || lasts === undefined || handle === undefined) return undefined;
  return { handle, receivedAt: Number(received), voidAt: Number(received) + Number(lasts) };
}
