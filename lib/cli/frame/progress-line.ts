import { formatRoughly } from './duration.ts';
import { formatBytes, formatCount, formatRate } from './quantity.ts';
import { displayWidth, shorten } from './text.ts';

/** Where some long work stands. `notes` are counts worth a word: `{ failed: 3 }`; those of zero are not shown. */
export interface Standing {
  readonly done: number;
  /** Undefined while nobody knows. */
  readonly total?: number | undefined;
  /** What `done` and `total` count, where it is not things of some kind. */
  readonly unit?: 'bytes';
  readonly notes?: Readonly<Record<string, number>>;
}

/** What is known of the pace: while the work goes on what remains of it, at its end how long it took. */
export interface Pace {
  readonly perSecond: number | undefined;
  readonly tookSeconds?: number;
}

const GAP = '  ';
const LEAST_BAR = 10;
const MOST_BAR = 30;

/** `loading  1,234/2,000  61%  210/s  ETA 4s  3 failed` */
export function progressLine(label: string, standing: Standing, pace: Pace): string {
  return [
    label,
    ...counts(standing),
    ...rate(standing, pace),
    ...time(standing, pace),
    ...notes(standing),
  ].join(GAP);
}

/** The same with a bar, within `columns`: where they are too few, what matters least is left out. */
export function progressBar(label: string, standing: Standing, pace: Pace, columns: number): string {
  const drawn = bar(standing, columns);
  const after = [...time(standing, pace), ...notes(standing)];
  const bare = [...counts(standing), ...after];
  const choices = [
    [label, ...drawn, ...counts(standing), ...rate(standing, pace), ...after],
    [label, ...drawn, ...bare],
    [...drawn, ...bare],
    [label, ...bare],
    bare,
  ].map(parts => parts.join(GAP));
  return choices.find(text => displayWidth(text) <= columns) ?? shorten(bare.join(GAP), columns);
}

/** Its width follows from the terminal alone, so that it does not jump when a number grows by a digit. */
function bar(standing: Standing, columns: number): string[] {
  if (standing.total === undefined) return [];
  const width = Math.max(LEAST_BAR, Math.min(MOST_BAR, Math.floor(columns / 5)));
  const full = Math.floor(share(standing) * width);
  return ['█'.repeat(full) + '░'.repeat(width - full)];
}

/** Between 0 and 1; an empty work is done. */
function share({ done, total = 0 }: Standing): number {
  return total > 0 ? Math.min(1, done / total) : 1;
}

function counts(standing: Standing): string[] {
  const { done, total, unit } = standing;
  const format = unit === 'bytes' ? formatBytes : formatCount;
  if (total === undefined) return [format(done)];
  // Rounded down, so that 100% means all of it.
  return [`${format(done)}/${format(total)}`, `${Math.floor(share(standing) * 100)}%`];
}

function rate({ unit }: Standing, { perSecond }: Pace): string[] {
  if (perSecond === undefined) return [];
  return [unit === 'bytes' ? `${formatBytes(perSecond)}/s` : formatRate(perSecond)];
}

function time({ done, total }: Standing, { perSecond, tookSeconds }: Pace): string[] {
  if (tookSeconds !== undefined) return [`in ${formatRoughly(tookSeconds)}`];
  if (total === undefined || !perSecond) return [];
  return [`ETA ${formatRoughly(Math.max(0, total - done) / perSecond)}`];
}

function notes({ notes = {} }: Standing): string[] {
  const said = Object.entries(notes).filter(([, count]) => count > 0);
  return said.length > 0 ? [said.map(([word, count]) => `${formatCount(count)} ${word}`).join(', ')] : [];
}
