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
  /^[1-9]\d{0,14}\.(?:0|[1-9a-z][0-9a-z]{0,5})\.(?:0|[1-9a-z][0-9a-z]?)\.[1-9a-z][0-9a-z]{0,3}\.[1-9a-z][0-9a-z]{0,7}$/;

export function formatToken({ project, block, slot, attempt, lease }: Token): string {
  return `${project}.${base36(block)}.${base36(slot)}.${base36(attempt)}.${base36(lease)}`;
}

/** Reads a token; undefined when the text is not one. */
export function parseToken(text: string): Token | undefined {
  if (!TOKEN.test(text)) return undefined;
  const dot1 = text.indexOf('.');
  const dot2 = text.indexOf('.', dot1 + 1);
  const dot3 = text.indexOf('.', dot2 + 1);
  const dot4 = text.indexOf('.', dot3 + 1);
  return {
    project: numberIn(text, 0, dot1, 10),
    block: numberIn(text, dot1 + 1, dot2, 36),
    slot: numberIn(text, dot2 + 1, dot3, 36),
    attempt: numberIn(text, dot3 + 1, dot4, 36),
    lease: numberIn(text, dot4 + 1, text.length, 36),
  };
}

// A hundred tokens a call are usual, and JavaScript's own ways to and from base 36 take several times as long.

const SMALL = Array.from({ length: 36 ** 2 }, (_, number) => number.toString(36));

function base36(number: number): string {
  return SMALL[number] ?? number.toString(36);
}

const CODE_0 = 48;
const CODE_9 = 57;
const CODE_A = 97;

function numberIn(text: string, from: number, to: number, base: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    number = number * base + (code <= CODE_9 ? code - CODE_0 : code - CODE_A + 10);
  }
  return number;
}
