import { formatCount } from './frame/quantity.ts';

/** `1 file`, `2,000 files` */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
