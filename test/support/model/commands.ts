import fc from 'fast-check';
import type { Block, SlotState } from '../../../lib/domain/block/block.ts';
import type { Verdict } from '../../../lib/domain/block/report.ts';
import type { RetryPolicy } from '../../../lib/domain/policy.ts';

/**
 * What befalls a block, as data: a sequence of these shrinks to the shortest story that goes wrong.
 * Numbers that pick something (a reservation, an earlier request) count back from the latest, modulo how many
 * there are, so that every command means something wherever it stands.
 */
export type Command = { readonly wait: number } & (
  | { readonly do: 'reserve'; readonly wish: Wish; readonly byTicket: boolean }
  | { readonly do: 'report'; readonly items: readonly Item[] }
  | { readonly do: 'report-again' }
  | { readonly do: 'advance'; readonly items: readonly Item[]; readonly wish: Wish }
  | {
      readonly do: 'heartbeat';
      readonly who: { worker: string } | { pick: number };
      readonly leaseMillis: number | null;
    }
  | { readonly do: 'expire' }
  | {
      readonly do: 'restart';
      readonly states: readonly SlotState[];
      readonly slots: readonly number[] | undefined;
    }
);

export interface Wish {
  readonly worker: string;
  /** Repeats an earlier request; absent = a new one. */
  readonly again: number | undefined;
  readonly count: number;
  readonly leaseMillis: number | null;
  /** Which slots the worker can use, a bit each; absent = all. */
  readonly usable: number | undefined;
  readonly wallSeconds: number | undefined;
}

/** One report, by a token that was given out, one that was tampered with, one out of thin air, or by worker. */
export type Item = { readonly verdict: Verdict } & (
  | { readonly by: 'token'; readonly pick: number }
  | {
      readonly by: 'tampered';
      readonly pick: number;
      readonly slot: number;
      readonly attempt: number;
      readonly lease: number;
    }
  | { readonly by: 'forged'; readonly slot: number; readonly attempt: number; readonly lease: number }
  | { readonly by: 'worker'; readonly worker: string; readonly slot: number }
  | { readonly by: 'holder'; readonly pick: number }
);

/** A block to play with: how large, under which rules. */
export interface Setting {
  readonly slots: number;
  readonly maxLeases: number;
  /** Bytes its item may take, and with what it begins then: absent = as many as it likes. */
  readonly bytes?: number;
  readonly begin?: Partial<Block>;
  /** When it begins, ms since 1970. */
  readonly now?: number;
  /** Attempts of each file that ended before. */
  readonly ended?: number;
  /** Worker ids are as long as may be. */
  readonly longNames?: boolean;
  readonly policy: RetryPolicy;
}

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.constantFrom(null, 1, 3),
  retryBackoffSeconds: fc.constantFrom(0, 0.05, 0.4, 2),
  retryBackoffMaxSeconds: fc.constantFrom(0.1, 1, 60),
  onLeaseExpiry: fc.constantFrom('retry', 'fail'),
});

export const settings: fc.Arbitrary<Setting> = fc.record({
  slots: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.constantFrom(12, 40)),
  maxLeases: fc.constantFrom(1, 2, 4, 40, 40),
  policy: policies,
});

const worker = fc.constantFrom('ada', 'bob', 'cyd');
const slot = fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, fc.nat(41));
const pick = fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.nat(60));
const leaseMillis = fc.constantFrom(null, 60, 500, 500, 5000);
const attempt = fc.integer({ min: 1, max: 5 });

const wish: fc.Arbitrary<Wish> = fc.record({
  worker,
  again: fc.option(fc.nat(6), { nil: undefined, freq: 3 }),
  count: fc.constantFrom(1, 1, 2, 3, 10),
  leaseMillis,
  usable: fc.option(fc.nat(2 ** 31 - 1), { nil: undefined, freq: 3 }),
  wallSeconds: fc.option(fc.nat(40), { nil: undefined, freq: 3 }),
});

const itemsOf = (verdict: fc.Arbitrary<Verdict>): fc.Arbitrary<Item[]> =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ by: fc.constant('token'), verdict, pick }) },
      { weight: 2, arbitrary: fc.record({ by: fc.constant('holder'), verdict, pick }) },
      { weight: 1, arbitrary: fc.record({ by: fc.constant('worker'), verdict, worker, slot }) },
      {
        weight: 1,
        arbitrary: fc.record({ by: fc.constant('forged'), verdict, slot, attempt, lease: fc.nat(60) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          by: fc.constant('tampered'),
          verdict,
          pick,
          slot: fc.integer({ min: -1, max: 1 }),
          attempt: fc.integer({ min: 0, max: 2 }),
          lease: fc.integer({ min: -1, max: 1 }),
        }),
      },
    ),
    { minLength: 1, maxLength: 5 },
  );

/** Time mostly passes in steps of the size of leases and backoffs; now and then a clock is a little behind. */
const wait = fc.oneof(
  { weight: 6, arbitrary: fc.nat(150) },
  { weight: 1, arbitrary: fc.nat(4000) },
  { weight: 1, arbitrary: fc.integer({ min: -50, max: -1 }) },
);

const commandOf = (items: fc.Arbitrary<Item[]>): fc.Arbitrary<Command> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('reserve'), wait, wish, byTicket: fc.boolean() }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('report'), wait, items }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('report-again'), wait }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance'), wait, items, wish }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('heartbeat'),
        wait,
        who: fc.oneof(fc.record({ worker }), fc.record({ pick })),
        leaseMillis,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), wait }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('restart'),
        wait,
        states: fc.subarray<SlotState>(['ready', 'reserved', 'done', 'failed'], { minLength: 1 }),
        slots: fc.option(fc.array(slot, { maxLength: 4 }), { nil: undefined }),
      }),
    },
  );

/** What may befall a block, its workers saying these of their files. */
export function stories(...verdicts: Verdict[]): fc.Arbitrary<Command[]> {
  const command = commandOf(itemsOf(fc.constantFrom(...verdicts)));
  return fc.array(command, { minLength: 1, maxLength: 60, size: 'max' });
}
