import type { Client } from '../../client/index.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { FileState } from '../../contract/words.ts';
import type { ReportResult } from '../../contract/work.ts';
import { chunksOf } from '../chunks.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { plural } from '../plural.ts';
import { printJson } from '../print.ts';

/** The argument of commands that report: which files they are about. */
export const REPORTED = {
  type: 'string',
  variadic: true,
  description: 'names of files, or tokens of reservations, or the word all',
} as const;

export interface Desk {
  readonly project: number;
  readonly worker: string;
}

/** What is reported: by the token of its reservation, or by its name as the worker that holds it. */
type Item = { token: string } | { did: string };

type Send = (items: Item[]) => Promise<{ results: ReportResult[] }>;

/**
 * Reports files, in as many requests as it takes, and tells what came of it. The exit code is that of a refusal where
 * any report was refused.
 */
export async function reportFiles(
  context: Context,
  client: Client,
  desk: Desk,
  names: readonly string[],
  send: Send,
): Promise<ExitCode> {
  const items = await itemsOf(context, client, desk, names);
  const results: ReportResult[] = [];
  for (const chunk of chunksOf(items, LIMITS.reports)) results.push(...(await send(chunk)).results);
  if (context.json) printJson(context.stdout, { results });
  else tell(context, desk, results);
  return results.every(({ accepted }) => accepted) ? EXIT.ok : EXIT.refused;
}

async function itemsOf(
  { signal }: Context,
  client: Client,
  { project, worker }: Desk,
  names: readonly string[],
): Promise<Item[]> {
  if (names.length === 1 && names[0] === 'all') {
    const { reservations } = await client.held({ project, worker }, { signal });
    return reservations.map(({ token }) => ({ token }));
  }
  return names.map(name => (isToken(name, project) ? { token: name } : { did: name }));
}

/** Tokens begin with the number of their project and have five parts. */
function isToken(text: string, project: number): boolean {
  return text.startsWith(`${project}.`) && /^\d+(\.[0-9a-z]+){4}$/.test(text);
}

function tell(
  { stdout, stderr }: Context,
  { project, worker }: Desk,
  results: readonly ReportResult[],
): void {
  for (const result of results) if (!result.accepted) stderr.write(`${result.detail}\n`);
  const states = results.flatMap(result => (result.accepted ? [result.state] : []));
  const said = STATES.flatMap(([state, says]) => {
    const count = states.filter(other => other === state).length;
    return count > 0 ? [`${plural(count, 'file')} ${says}`] : [];
  });
  if (said.length > 0) stdout.write(`${said.join(', ')}\n`);
  if (results.length === 0) stdout.write(`${worker} holds no file of project ${project}\n`);
}

const STATES: readonly (readonly [FileState, string])[] = [
  ['done', 'done'],
  ['failed', 'failed'],
  ['ready', 'ready again'],
];
