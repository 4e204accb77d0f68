import type { Context } from './context.ts';
import { MovingRate } from './moving-rate.ts';
import { progressBar, progressLine, type Standing } from './progress-line.ts';

const REDRAW_MS = 100;
const LINE_MS = 5000;
const CLEAR_LINE = '\r\x1b[K';

/**
 * Shows on stderr how some long work goes on: a bar that is redrawn on a terminal, a line every few seconds
 * elsewhere, nothing in `--json` mode. Call `update` as often as you like, and `finish` or `clear` at the end.
 */
export class Progress {
  readonly #world: Pick<Context, 'stderr' | 'json' | 'now'>;
  readonly #label: string;
  readonly #rate = new MovingRate();
  #began: { readonly at: number; readonly done: number } | undefined;
  #standing: Standing = { done: 0 };
  #shownAt = Number.NEGATIVE_INFINITY;

  /** `label` names the work in a word or two: `loading`, `project 12`. */
  constructor(world: Pick<Context, 'stderr' | 'json' | 'now'>, label: string) {
    this.#world = world;
    this.#label = label;
  }

  update(standing: Standing): void {
    const { stderr, json, now } = this.#world;
    if (json) return;
    const at = now();
    this.#began ??= { at, done: standing.done };
    this.#standing = standing;
    if (at - this.#shownAt < (stderr.isTerminal ? REDRAW_MS : LINE_MS)) return;
    this.#shownAt = at;
    this.#rate.add(standing.done, at);
    this.#show(this.#rate.perSecond());
  }

  /** Shows where it ended, how long it took and how fast it was on average, and leaves that on the screen. */
  finish(): void {
    if (!this.#began) return;
    const tookSeconds = (this.#world.now() - this.#began.at) / 1000;
    const progressed = this.#standing.done - this.#began.done;
    this.#show(tookSeconds > 0 && progressed > 0 ? progressed / tookSeconds : undefined, tookSeconds);
    if (this.#world.stderr.isTerminal) this.#world.stderr.write('\n');
  }

  /** Takes the bar off the screen, to make room for other text; the next update draws it again. */
  clear(): void {
    if (this.#began && this.#world.stderr.isTerminal) this.#world.stderr.write(CLEAR_LINE);
  }

  #show(perSecond: number | undefined, tookSeconds?: number): void {
    const { stderr } = this.#world;
    const pace = { perSecond, ...(tookSeconds === undefined ? {} : { tookSeconds }) };
    const text = stderr.isTerminal
      ? // Text in the last column makes some terminals begin a new line.
        CLEAR_LINE + progressBar(this.#label, this.#standing, pace, stderr.columns - 1)
      : `${progressLine(this.#label, this.#standing, pace)}\n`;
    stderr.write(text);
  }
}
