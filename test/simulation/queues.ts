import type { Ticket } from '../../lib/dispatch/ports.ts';
import type { Scheduler } from './scheduler.ts';

interface Message extends Ticket {
  readonly id: number;
  readonly expiresAt: number;
  visibleAt: number;
  receives: number;
}

export interface Sending extends Ticket {
  /** ms since 1970. */
  readonly visibleAt: number;
  /** Not delivered any more from then on, ms since 1970. */
  readonly expiresAt?: number;
}

export interface Receiving {
  /** Any visible message, not the one that was visible first. */
  readonly isShuffled: boolean;
  /** How long it is hidden from others. */
  readonly hiddenMillis: number;
}

export interface Received extends Ticket {
  readonly receipt: string;
  readonly receives: number;
}

/** Queues of tickets as a service keeps them, by its own true clock. */
export class Queues {
  readonly #scheduler: Scheduler;
  #queues = new Map<string, Message[]>();
  #lastId = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  send(name: string, { block, generation, visibleAt, expiresAt = Number.POSITIVE_INFINITY }: Sending): void {
    this.#lastId += 1;
    const message = { id: this.#lastId, block, generation, visibleAt, expiresAt, receives: 0 };
    const messages = this.#queues.get(name);
    if (messages) messages.push(message);
    else this.#queues.set(name, [message]);
  }

  receive(name: string, { isShuffled, hiddenMillis }: Receiving): Received | undefined {
    const { now, dice } = this.#scheduler;
    const visible = this.#kept(name).filter(({ visibleAt }) => visibleAt <= now);
    const first = Math.min(...visible.map(({ visibleAt }) => visibleAt));
    const candidates = isShuffled ? visible : visible.filter(({ visibleAt }) => visibleAt === first);
    const message = candidates[isShuffled ? dice.below(candidates.length) : 0];
    if (!message) return undefined;
    message.receives += 1;
    message.visibleAt = now + hiddenMillis;
    const { block, generation, receives } = message;
    return { block, generation, receives, receipt: receiptOf(message) };
  }

  hide(name: string, receipt: string, until: number): void {
    for (const message of this.#kept(name)) if (receiptOf(message) === receipt) message.visibleAt = until;
  }

  delete(name: string, receipt: string): void {
    this.#queues.set(
      name,
      this.#kept(name).filter(message => receiptOf(message) !== receipt),
    );
  }

  /** Answers what puts everything back as it is now. */
  save(): () => void {
    const saved = new Map(
      [...this.#queues].map(([name, messages]) => [name, messages.map(message => ({ ...message }))]),
    );
    return () => {
      this.#queues = saved;
    };
  }

  /** Queues that hold something. */
  names(): string[] {
    return [...this.#queues.keys()].filter(name => this.#kept(name).length > 0);
  }

  drop(name: string): void {
    this.#queues.delete(name);
  }

  /** When the next message of some queues becomes visible; Infinity = there is none. */
  earliest(names: readonly string[]): number {
    return Math.min(...names.flatMap(name => this.#kept(name).map(({ visibleAt }) => visibleAt)));
  }

  #kept(name: string): Message[] {
    const messages = this.#queues.get(name) ?? [];
    return messages.filter(({ expiresAt }) => expiresAt > this.#scheduler.now);
  }
}

/** Stands for one receive of a message: void once it was received again. */
function receiptOf({ id, receives }: Message): string {
  return `${id}.${receives}`;
}
