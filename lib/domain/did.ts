/**
 * A DID names one file of a project: `namespace:name`, or just `name`.
 *
 * The text is the identity. The namespace is what stands before the first colon, so `a:b:c` is the file
 * `b:c` in `a`, as Data Dispatcher and Rucio read it.
 */
export interface DidParts {
  readonly namespace?: string;
  readonly name: string;
}

/** Longest DID accepted, in UTF-16 code units. */
export const MAX_DID_LENGTH = 512;

export function formatDid({ namespace, name }: DidParts): string {
  return namespace === undefined ? name : `${namespace}:${name}`;
}

export function parseDid(did: string): DidParts {
  const colon = did.indexOf(':');
  return colon < 0 ? { name: did } : { namespace: did.slice(0, colon), name: did.slice(colon + 1) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const UNPRINTABLE = /[\u0000-\u001f\u007f]/;

/** Says in one clause what is wrong with a DID, or nothing when it is well formed. */
export function didFault(did: string): string | undefined {
  const { namespace, name } = parseDid(did);
  if (did.length === 0) return 'the name is empty';
  if (did.length > MAX_DID_LENGTH) return `the name is longer than ${MAX_DID_LENGTH} characters`;
  if (namespace === '') return 'the namespace before ":" is empty';
  if (name === '') return 'the name after ":" is empty';
  if (UNPRINTABLE.test(did)) return 'the name has a control character';
  if (did !== did.trim()) return 'the name begins or ends with a space';
  if (!did.isWellFormed()) return 'the name is not valid Unicode';
  return undefined;
}
