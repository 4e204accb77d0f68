import type { Home } from './home.ts';

const MINUTE_MILLIS = 60_000;
/** Workers stay away no longer than this, however many there are. */
const LONGEST_SECONDS = 300;

/**
 * How long workers that found nothing stay away: the longer, the more of them this process has answered of late. Towards
 * the end of a large project nearly all its workers have nothing to do; together they must not ask more than a few can.
 */
export class Crowd {
  readonly #home: Pick<Home, 'clock' | 'layout' | 'random'>;
  #minute = 0;
  #answers = 0;
  #before = 0;

  constructor(home: Pick<Home, 'clock' | 'layout' | 'random'>) {
    this.#home = home;
  }

  /** In seconds, whole milliseconds, jittered by half; for one more worker. */
  staySeconds(): number {
    const { clock, layout, random } = this.#home;
    const minute = Math.floor(clock.now() / MINUTE_MILLIS);
    if (minute !== this.#minute) {
      this.#before = minute === this.#minute + 1 ? this.#answers : 0;
      this.#answers = 0;
      this.#minute = minute;
    }
    this.#answers += 1;
    const crowding = Math.max(1, Math.max(this.#answers, this.#before) / layout.waitsPerMinute);
    const seconds = Math.min(layout.retryAfterSeconds * crowding, LONGEST_SECONDS);
    return Math.round(1000 * seconds * (0.75 + random() / 2)) / 1000;
  }
}
