import type { ArgumentSpec, ValueOption } from './command.ts';
import { formatDuration } from './duration.ts';

/** How definitions are shown to the user. */

/** `maxAttempts` is typed as `max-attempts`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** `--max-attempts` */
export function flagLabel(name: string): string {
  return `--${kebab(name)}`;
}

/** `PROJECT`, `[PROJECT]`, `DID...`, `[DID...]` */
export function argumentLabel(name: string, spec: ArgumentSpec): string {
  const label = `${kebab(name).toUpperCase()}${spec.variadic ? '...' : ''}`;
  return spec.optional ? `[${label}]` : label;
}

/** What stands for the value of an option: `N`, `TIME|none`, `bash|zsh|fish`. */
export function placeholderLabel(spec: ValueOption): string {
  if (spec.type === 'choice') return spec.placeholder ?? spec.choices.join('|');
  const label = spec.placeholder ?? { string: 'TEXT', integer: 'N', duration: 'TIME' }[spec.type];
  return 'or' in spec && spec.or ? `${label}|${spec.or}` : label;
}

/** A default as the user would type it. */
export function defaultLabel(spec: ValueOption): string | undefined {
  if (spec.default === undefined) return undefined;
  return spec.type === 'duration' && typeof spec.default === 'number'
    ? formatDuration(spec.default)
    : String(spec.default);
}
