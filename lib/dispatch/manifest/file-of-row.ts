import type * as z from 'zod';
import { clauseOf } from '../../contract/faults.ts';
import { FileSpec } from '../../contract/words.ts';
import { didFault, formatDid, parseDid } from '../../domain/did.ts';

/** Why one row is refused. */
export class RowFault extends Error {
  readonly did: string | undefined;

  constructor(message: string, did?: string) {
    super(message);
    this.did = did;
  }
}

/** The value of a JSON text. Throws RowFault. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RowFault('it is not valid JSON');
  }
}

/** The file that a row describes: a DID, or an object with the fields of a file. Throws RowFault. */
export function fileOf(value: unknown): FileSpec {
  if (typeof value === 'string') return fileOfDid(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowFault('a file is an object, or a string with its DID');
  }
  const given = withName(value);
  const did = didOf(given);
  const result = FileSpec.safeParse(given, { error: placedClause });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RowFault(issue?.message ?? 'it is not a file', did);
}

function fileOfDid(did: string): FileSpec {
  const fault = didFault(did);
  if (fault) throw new RowFault(fault, did);
  return parseDid(did);
}

/** Puts a namespace and a name in the place of a DID. */
function withName(value: object): object {
  if (!('did' in value)) return value;
  const { did, ...fields } = value;
  if (typeof did !== 'string') throw new RowFault('the did is not a string');
  if ('name' in fields || 'namespace' in fields) throw new RowFault('it has a did and also a name', did);
  return { ...parseDid(did), ...fields };
}

function didOf(value: object): string | undefined {
  if (!('name' in value) || typeof value.name !== 'string') return undefined;
  if (!('namespace' in value)) return value.name;
  return typeof value.namespace === 'string'
    ? formatDid({ namespace: value.namespace, name: value.name })
    : undefined;
}

/** A clause and the place it speaks of. The schema's own sentences, which go before these, need none. */
function placedClause(issue: z.core.$ZodRawIssue): string {
  const clause = clauseOf(issue);
  return issue.path?.length ? `${issue.path.join('.')}: ${clause}` : clause;
}
