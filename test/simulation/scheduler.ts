import type { Dice } from './dice.ts';
import { Timers } from './timers.ts';

/** Somebody in the simulation who can die, be held up, or have a clock that is wrong: a process or a machine. */
export class Host {
  readonly name: string;
  /** Nothing happens here before this time, ms since 1970. */
  pausedUntil = 0;
  /** How far its clock is ahead, ms. */
  clockOffset = 0;
  readonly #died = Promise.withResolvers<void>();
  #isDead = false;

  constructor(name: string) {
    this.name = name;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Resolves when it dies. */
  get death(): Promise<void> {
    return this.#died.promise;
  }

  /** Nothing happens here any more: what it waits for never comes. */
  die(): void {
    this.#isDead = true;
    this.#died.resolve();
  }
}

interface Task {
  readonly host: Host;
  readonly run: () => void;
}

/** More than any project takes. */
const MOST_STEPS = 200_000;
/** Immediates that must pass without anything to do before nothing is left to happen. */
const IDLE_TURNS = 4;

/**
 * Decides what happens next. Whoever waits for anything waits for a task of this; one is run at a time, drawn from
 * those that can run now, and all that promises can do is done before the next. When none can run, it is the time
 * of the next timer.
 */
export class Scheduler {
  readonly dice: Dice;
  readonly #ready: Task[] = [];
  readonly #timers = new Timers<Task>();
  #now = Date.UTC(2030, 0, 1);
  /** Tasks run so far. */
  steps = 0;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  /** ms since 1970, as nobody in the simulation knows it. */
  get now(): number {
    return this.#now;
  }

  /** Has something done on a host after some time; 0 = now, in any order with what else can happen now. */
  after(millis: number, host: Host, run: () => void): void {
    const task = { host, run };
    if (millis <= 0) this.#ready.push(task);
    else this.#timers.add(this.#now + Math.ceil(millis), task);
  }

  /** Resolves after some time, or when the signal aborts. */
  sleep(millis: number, host: Host, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal?.aborted) return resolve();
      const ring = () => {
        signal?.removeEventListener('abort', ring);
        resolve();
      };
      this.after(millis, host, ring);
      signal?.addEventListener('abort', ring, { once: true });
    });
  }

  /** Lets things happen until `isOver`, or nothing is left to happen. */
  run(isOver: () => boolean): Promise<void> {
    let idle = 0;
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          idle = this.#runOne() ? 0 : idle + 1;
          if (isOver() || idle === IDLE_TURNS) resolve();
          // An immediate comes after all that promises can do.
          else setImmediate(step);
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  #runOne(): boolean {
    if (this.#ready.length === 0 && !this.#passTime()) return false;
    const chosen = this.dice.below(this.#ready.length);
    const task = this.#ready[chosen];
    const last = this.#ready.pop();
    if (last && task !== last) this.#ready[chosen] = last;
    if (!task || task.host.isDead) return true;
    if (task.host.pausedUntil > this.#now) this.#timers.add(task.host.pausedUntil, task);
    else {
      this.steps += 1;
      if (this.steps > MOST_STEPS) throw new Error('it does not come to rest');
      task.run();
    }
    return true;
  }

  /** Goes to the time of the next timer; all that are due then can run. */
  #passTime(): boolean {
    const due = this.#timers.takeEarliest();
    if (!due) return false;
    this.#now = Math.max(this.#now, due.at);
    this.#ready.push(...due.tasks);
    return true;
  }
}
