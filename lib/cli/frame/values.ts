import type { ValueSpec } from './command.ts';
import { parseDuration } from './duration.ts';
import { UsageError } from './errors.ts';

/**
 * Reads one value as its definition says: a duration becomes seconds, an integer a number.
 * `label` is how the user knows it: `--lease`, `PROJECT`, `SLUICE_URL`. Throws `UsageError`.
 */
export function readValue(spec: ValueSpec, text: string, label: string): string | number {
  const value = 'or' in spec && text === spec.or ? text : read(spec, text);
  if (value === undefined) throw new UsageError(`${label} takes ${expected(spec)}, not "${text}"`);
  return value;
}

function read(spec: ValueSpec, text: string): string | number | undefined {
  switch (spec.type) {
    case 'string':
      return text;
    case 'choice':
      return spec.choices.includes(text) ? text : undefined;
    case 'duration':
      return parseDuration(text);
    case 'integer': {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= (spec.min ?? 0) && value <= (spec.max ?? Number.POSITIVE_INFINITY) ? value : undefined;
    }
  }
}

/** What a value must be, as a clause: `a whole number from 1 to 64`. */
function expected(spec: ValueSpec): string {
  switch (spec.type) {
    case 'string':
      return 'a text';
    case 'choice':
      return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(spec.choices);
    case 'duration':
      return `a duration such as 30s, 10m or 1h30m${spec.or ? `, or ${spec.or}` : ''}`;
    case 'integer': {
      const upTo = spec.max === undefined ? '' : ` to ${spec.max}`;
      return `a whole number from ${spec.min ?? 0}${upTo}${spec.or ? `, or ${spec.or}` : ''}`;
    }
  }
}
