import type * as z from 'zod';
import type { Fault } from './problems.ts';

/** Faults told of one request; more help nobody. */
const MAX_FAULTS = 5;
const SHOWN_LENGTH = 40;

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

/**
 * Says what is wrong with a value in a clause that people understand; for the `error` option of a parse. Sentences
 * that a schema has of its own go before these.
 */
export function clauseOf(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'it is missing'
        : `${kind(issue.expected)} is expected, not ${shown(issue.input)}`;
    case 'invalid_value':
      return `${issue.values.map(value => JSON.stringify(value)).join(' or ')} is expected, not ${shown(issue.input)}`;
    case 'too_small':
      return tooSmall(issue.origin, issue.minimum, issue.inclusive ?? true);
    case 'too_big':
      return tooBig(issue.origin, issue.maximum, issue.input);
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.slice(0, MAX_FAULTS).map(shown).join(', ')}`;
    default:
      return `${shown(issue.input)} is not what is expected here`;
  }
}

/** The first faults of a request, each with its place. */
export function faultsOf(error: z.ZodError): Fault[] {
  return error.issues
    .flatMap(issue => toldIssues(issue))
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => ({ ...(path.length > 0 && { path: path.map(String).join('.') }), message }));
}

/** A union's fault is that of the form that was meant, where it can be told which; a key's is its own. */
function toldIssues(issue: Issue): { path: PropertyKey[]; message: string }[] {
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path: issue.path, message }));
  if (issue.code === 'invalid_type' && issue.path.length === 0)
    return [{ path: [], message: `the body: ${issue.message}` }];
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter(issues => !issues.some(isOfAnotherForm));
  const [only] = meant;
  if (meant.length !== 1 || !only) return [issue];
  return only.flatMap(toldIssues).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}

/** The value has other members, or is of another kind, than this form of the union. */
function isOfAnotherForm({ code, path }: Issue): boolean {
  return (
    path.length === 0 && (code === 'unrecognized_keys' || code === 'invalid_type' || code === 'invalid_value')
  );
}

const KINDS: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

function kind(expected: string): string {
  return KINDS[expected] ?? expected;
}

function tooSmall(origin: string, minimum: number | bigint, inclusive: boolean): string {
  if (origin === 'string') return 'it is empty';
  if (origin === 'array') return 'the list is empty';
  return inclusive ? `it must be at least ${minimum}` : `it must be more than ${minimum}`;
}

function tooBig(origin: string, maximum: number | bigint, input: unknown): string {
  if (origin === 'string') return `it is longer than ${maximum} characters`;
  if (origin === 'array')
    return `at most ${maximum} can be given; these are ${Array.isArray(input) ? input.length : 'more'}`;
  return `it must be at most ${maximum}`;
}

/** A value as it is shown in a sentence. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
