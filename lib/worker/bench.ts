import { StoppedError } from './stopped-error.ts';

/** Something to work on, such as a file, that is held until a deadline, ms since 1970; null: until it is reported. */
export interface Held {
  readonly token: string;
  readonly deadline: number | null;
}

/** What is on the bench, and until when it is held: the deadline as of when it was learnt, both ms since 1970. */
export interface Hold extends Held {
  readonly since: number;
}

/** The leases of a worker. */
export interface Leases {
  /** Those that are still wanted. */
  holds(): Iterable<Hold>;
  /** A lease was extended. */
  extend(token: string, deadline: number | null): void;
  /** An item is held no longer: it leaves without a report, its handler is aborted. */
  lose(token: string): void;
}

/**
 * What a worker holds: some being worked on, never more than `concurrency` at once, the rest waiting its turn.
 */
export interface Bench<H extends Held> extends Leases {
  /** Items held, with those whose handler has not ended yet although its result is not wanted any more. */
  readonly size: number;
  readonly isIdle: boolean;
  add(items: readonly H[]): void;
  loseAll(): void;
  /** Aborts the handler of an item that somebody cancelled; one that was not begun leaves at once. */
  cancel(token: string): void;
  /** Gives back what was not begun. */
  giveBackWaiting(): void;
  /** Gives back everything, and aborts the handlers. */
  giveBackAll(): void;
  /** Aborts the handlers, which will not be waited for much longer. */
  interrupt(): void;
  /** Waits no longer for handlers that pay no heed to being aborted. */
  abandon(): void;
}

export interface BenchOptions<H extends Held, O> {
  readonly concurrency: number;
  /** Works on an item. It fails only when nothing at all can be worked on here; the item itself is given back. */
  readonly work: (item: H, signal: AbortSignal) => Promise<O>;
  /** What the end of an item counts as that was aborted; its own outcome is absent when it was not waited for. */
  readonly afterAbort: (outcome: O | undefined, why: 'interrupted' | 'cancelled') => O;
  readonly now: () => number;
  readonly onBegun: (item: H) => void;
  /** An item left the bench; `released` as if it had not been begun. */
  readonly onLeft: (item: H, end: O | 'released') => void;
  readonly onLost: (item: H) => void;
  readonly onFatal: (error: unknown) => void;
  /** Items came or went. */
  readonly onChange: () => void;
}

/** What is wanted of a running handler's result. */
type Fate = 'wanted' | 'interrupted' | 'cancelled' | 'given-back' | 'lost';

const WHY = {
  interrupted: 'stopping',
  'given-back': 'cancelled',
  cancelled: 'cancelled',
  lost: 'lost',
} as const;

interface Place<H> {
  readonly item: H;
  readonly abort: AbortController;
  fate: Fate;
  hold: Hold;
}

export function createBench<H extends Held, O>(options: BenchOptions<H, O>): Bench<H> {
  const waiting = new Map<string, Place<H>>();
  const running = new Map<string, Place<H>>();

  function begin(): void {
    for (const [token, place] of waiting) {
      if (running.size >= options.concurrency) return;
      waiting.delete(token);
      running.set(token, place);
      work(place).catch(options.onFatal);
    }
  }

  async function work(place: Place<H>): Promise<void> {
    options.onBegun(place.item);
    const ended = await options.work(place.item, place.abort.signal).then(
      outcome => ({ outcome }),
      (error: unknown) => ({ error }),
    );
    if (running.get(place.item.token) !== place) return;
    running.delete(place.item.token);
    if ('outcome' in ended) leave(place, ended.outcome);
    else {
      options.onFatal(ended.error);
      if (place.fate !== 'lost') options.onLeft(place.item, 'released');
    }
    begin();
    options.onChange();
  }

  function leave({ item, fate }: Place<H>, outcome?: O): void {
    if (fate === 'lost') return;
    if (fate === 'given-back') options.onLeft(item, 'released');
    else if (fate === 'wanted' && outcome !== undefined) options.onLeft(item, outcome);
    else
      options.onLeft(item, options.afterAbort(outcome, fate === 'cancelled' ? 'cancelled' : 'interrupted'));
  }

  function abort(place: Place<H>, fate: Exclude<Fate, 'wanted'>): void {
    if (place.fate === 'lost') return;
    place.fate = fate;
    place.abort.abort(new StoppedError(WHY[fate]));
  }

  const find = (token: string) => waiting.get(token) ?? running.get(token);
  const bench: Bench<H> = {
    get size() {
      return waiting.size + running.size;
    },
    get isIdle() {
      return bench.size === 0;
    },
    add(items) {
      for (const item of items) {
        const { token, deadline } = item;
        const hold = { token, deadline, since: options.now() };
        waiting.set(token, { item, abort: new AbortController(), fate: 'wanted', hold });
      }
      begin();
      options.onChange();
    },
    *holds() {
      for (const places of [running, waiting])
        for (const { fate, hold } of places.values())
          if (fate !== 'given-back' && fate !== 'lost') yield hold;
    },
    extend(token, deadline) {
      const place = find(token);
      if (place) place.hold = { token, deadline, since: options.now() };
    },
    lose(token) {
      const place = find(token);
      if (!place || place.fate === 'lost') return;
      waiting.delete(token);
      abort(place, 'lost');
      options.onLost(place.item);
      options.onChange();
    },
    cancel(token) {
      const place = find(token);
      if (!place || place.fate === 'lost' || place.fate === 'cancelled') return;
      abort(place, 'cancelled');
      if (!waiting.delete(token)) return;
      leave(place);
      options.onChange();
    },
    loseAll() {
      for (const token of [...waiting.keys(), ...running.keys()]) bench.lose(token);
    },
    giveBackWaiting() {
      for (const { item } of waiting.values()) options.onLeft(item, 'released');
      waiting.clear();
      options.onChange();
    },
    giveBackAll() {
      bench.giveBackWaiting();
      for (const place of running.values()) abort(place, 'given-back');
    },
    interrupt() {
      for (const place of running.values()) if (place.fate === 'wanted') abort(place, 'interrupted');
    },
    abandon() {
      for (const place of running.values()) leave(place);
      running.clear();
      options.onChange();
    },
  };
  return bench;
}
