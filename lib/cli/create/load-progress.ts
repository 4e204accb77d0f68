import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import type { Standing } from '../frame/progress-line.ts';

/** What is over sooner is not worth a line. */
const PATIENCE_MS = 1000;

/** Shows how the phases of a load go on, one after the other. */
export class LoadProgress {
  readonly #context: Context;
  readonly #beganAt: number;
  #phase = '';
  #progress: Progress | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#beganAt = context.now();
  }

  /** `phase` names what is being done: `uploading`, `checking`. */
  show(phase: string, standing: Standing): void {
    if (this.#context.now() - this.#beganAt < PATIENCE_MS) return;
    if (phase !== this.#phase) {
      this.#progress?.finish();
      this.#progress = new Progress(this.#context, phase);
      this.#phase = phase;
    }
    this.#progress?.update(standing);
  }

  /** Leaves the last phase on the screen. */
  finish(): void {
    this.#progress?.finish();
    this.#progress = undefined;
  }

  /** Makes room for other text. */
  clear(): void {
    this.#progress?.clear();
  }
}
