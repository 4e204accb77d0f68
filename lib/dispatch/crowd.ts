import type { Home } from './home.ts';
import type { ReceivedTicket } from './ports.ts';

const MINUTE_MILLIS = 60_000;
/** Workers stay away no longer than this, however many there are. */
const LONGEST_SECONDS = 300;

/** Of a crowd, one worker in this time looks into a queue that had no ticket: for all the others. */
const LOOK_MILLIS = 1_000;
/** Queues remembered as empty. */
const MOST_QUEUES = 1_000;

/**
 * How long workers that found nothing stay away: the longer, the more of them this process has answered of late. Towards
 * the end of a large project nearly all its workers have nothing to do; together they must not ask more than a few can.
 */
export class Crowd {
  readonly #home: Pick<Home, 'clock' | 'layout' | 'random' | 'tickets'>;
  #minute = 0;
  #answers = 0;
  #before = 0;
  /** When a queue was seen to have no ticket. */
  readonly #emptyAt = new Map<string, number>();

  constructor(home: Pick<Home, 'clock' | 'layout' | 'random' | 'tickets'>) {
    this.#home = home;
  }

  /** In seconds, whole milliseconds, jittered by half; for one more worker. */
  staySeconds(): number {
    const { layout, random } = this.#home;
    this.#turn();
    this.#answers += 1;
    const seconds = Math.min(layout.retryAfterSeconds * Math.max(1, this.#crowding()), LONGEST_SECONDS);
    return Math.round(1000 * seconds * (0.75 + random() / 2)) / 1000;
  }

  /** A visible ticket of a queue, as `TicketQueue.receive`; but of a crowd, not everybody looks where there was none. */
  async receive(queue: string): Promise<ReceivedTicket | undefined> {
    const { clock, tickets } = this.#home;
    this.#turn();
    if (this.#crowding() > 1 && clock.now() - (this.#emptyAt.get(queue) ?? 0) < LOOK_MILLIS) return undefined;
    const ticket = await tickets.receive(queue);
    if (this.#emptyAt.size >= MOST_QUEUES) this.#emptyAt.clear();
    if (ticket) this.#emptyAt.delete(queue);
    else this.#emptyAt.set(queue, clock.now());
    return ticket;
  }

  /** Answers of a minute, as a multiple of those that a process may give without anybody staying away longer. */
  #crowding(): number {
    return Math.max(this.#answers, this.#before) / this.#home.layout.waitsPerMinute;
  }

  #turn(): void {
    const minute = Math.floor(this.#home.clock.now() / MINUTE_MILLIS);
    if (minute === this.#minute) return;
    this.#before = minute === this.#minute + 1 ? this.#answers : 0;
    this.#answers = 0;
    this.#minute = minute;
  }
}
