/**
 * The token of a reservation: `<project>.<block>.<slot>.<attempt>.<lease>`, numbers in base 36 but the first.
 *
 * It says where the file's state is, so a report needs no look-up, and which attempt it speaks for, so a late
 * one is told apart. It fences; it does not authenticate: that is the caller's identity's part.
 */
export interface Token {
  readonly project: number;
  readonly block: number;
  readonly slot: number;
  readonly attempt: number;
  readonly lease: number;
}

/** Each token has one text: no number begins with a zero, and attempts and leases count from one. */
const TOKEN =
  /^([1-9]\d{0,14})\.(0|[1-9a-z][0-9a-z]{0,5})\.(0|[1-9a-z][0-9a-z]?)\.([1-9a-z][0-9a-z]{0,3})\.([1-9a-z][0-9a-z]{0,7})$/;

export function formatToken({ project, block, slot, attempt, lease }: Token): string {
  return `${project}.${block.toString(36)}.${slot.toString(36)}.${attempt.toString(36)}.${lease.toString(36)}`;
}

/** Reads a token; undefined when the text is not one. */
export function parseToken(text: string): Token | undefined {
  const match = TOKEN.exec(text);
  if (!match) return undefined;
  const [, project = '', block = '', slot = '', attempt = '', lease = ''] = match;
  return {
    project: Number(project),
    block: Number.parseInt(block, 36),
    slot: Number.parseInt(slot, 36),
    attempt: Number.parseInt(attempt, 36),
    lease: Number.parseInt(lease, 36),
  };
}
