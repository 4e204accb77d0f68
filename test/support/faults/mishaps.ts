import { setTimeout } from 'node:timers/promises';
import { seededRandom } from '../memory/random.ts';
import type { Answer, Asked, Meddler, Pass } from './proxy.ts';

/** What can befall a request on its way, or its answer. */
const MISHAPS = {
  'request lost': async () => undefined,
  async 'request cut off'(pass) {
    // The server hears the first half of it.
    await pass({ breakOff: true }).catch(() => {});
    return undefined;
  },
  async 'answer lost'(pass) {
    await pass();
    return undefined;
  },
  'answer cut off': async pass => ({ ...(await pass()), breaksOff: true }),
  async late(pass, random) {
    await setTimeout(random() * LATE_MILLIS);
    const answer = await pass();
    await setTimeout(random() * LATE_MILLIS);
    return answer;
  },
  async 'two at once'(pass) {
    const [, answer] = await Promise.all([pass(), pass()]);
    return answer;
  },
  async 'two in a row'(pass) {
    await pass();
    return pass();
  },
  async 'a copy much later'(pass, random) {
    const answer = await pass();
    setTimeout(random() * MUCH_LATER_MILLIS)
      .then(() => pass())
      .catch(() => {});
    return answer;
  },
} as const satisfies Record<string, (pass: Pass, random: () => number) => Promise<Answer | undefined>>;

const LATE_MILLIS = 400;
const MUCH_LATER_MILLIS = 3_000;

type Mishap = keyof typeof MISHAPS | 'refused';
const KINDS = [...Object.keys(MISHAPS), 'refused'] as Mishap[];

/** Faults on a way, and how many of them there were. */
export interface Trouble {
  readonly meddle: Meddler;
  readonly counts: Readonly<Record<string, number>>;
}

export interface TroubleOptions {
  /** The same for the same: the n-th request meets the same fault. */
  readonly seed: number;
  /** The part of all requests that something befalls. */
  readonly share: number;
  /** How the other side says that it has too much to do, or is broken. */
  readonly refusal: (asked: Asked, random: () => number) => Answer;
}

export function trouble({ seed, share, refusal }: TroubleOptions): Trouble {
  const random = seededRandom(seed);
  const next = dealt(KINDS, random);
  const counts: Record<string, number> = Object.fromEntries(KINDS.map(kind => [kind, 0]));
  return {
    counts,
    async meddle(asked, pass) {
      const kind = random() < share ? next() : undefined;
      if (!kind) return pass();
      counts[kind] = (counts[kind] ?? 0) + 1;
      return kind === 'refused' ? refusal(asked, random) : MISHAPS[kind](pass, random);
    },
  };
}

/** Deals cards in any order, and all of them before one comes again. */
function dealt<T>(cards: readonly T[], random: () => number): () => T | undefined {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    const [card] = left.splice(Math.floor(random() * left.length), 1);
    return card;
  };
}

/** What stands before a server says that there are too many requests, or that the server is away. */
export function gatewayRefusal(_: Asked, random: () => number): Answer {
  const headers = { 'content-type': 'text/html' };
  const status = [429, 502, 503][Math.floor(random() * 3)] ?? 503;
  return { status, headers, body: Buffer.from('<html>not now</html>') };
}
