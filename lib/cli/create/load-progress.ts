import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import type { Standing } from '../frame/progress-line.ts';

/** A phase that is over sooner is not worth a line. */
const PATIENCE_MS = 1000;

/** Shows how the phases of a load go on, one after the other. */
export class LoadProgress {
  readonly #context: Pick<Context, 'stderr' | 'json' | 'now'>;
  #phase = '';
  #beganAt = 0;
  #progress: Progress | undefined;

  constructor(context: Pick<Context, 'stderr' | 'json' | 'now'>) {
    this.#context = context;
  }

  /** `phase` names what is being done: `uploading`, `checking`. */
  show(phase: string, standing: Standing): void {
    const at = this.#context.now();
    if (phase !== this.#phase) {
      this.finish();
      this.#phase = phase;
      this.#beganAt = at;
    }
    if (at - this.#beganAt < PATIENCE_MS) return;
    this.#progress ??= new Progress(this.#context, phase);
    this.#progress.update(standing);
  }

  /** Leaves the phase on the screen as it is. */
  finish(): void {
    this.#progress?.finish();
    this.#progress = undefined;
  }

  /** Makes room for other text. */
  clear(): void {
    this.#progress?.clear();
  }
}
