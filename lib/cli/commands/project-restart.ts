import { LIMITS } from '../../contract/limits.ts';
import type { RouteInput } from '../../contract/routes.ts';
import { PROJECT } from '../arguments.ts';
import { chunksOf } from '../chunks.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../frame/errors.ts';
import { plural } from '../plural.ts';
import { printJson } from '../print.ts';

type Selection = Omit<RouteInput<'restartProject'>, 'project'>;

export default defineCommand({
  summary: 'Make files of a project ready again',
  description:
    'The files in some states, or those that are named. The project is active again, and its files have all their attempts. A worker that holds one of them can no longer report it.',
  arguments: {
    project: PROJECT,
    did: { type: 'string', optional: true, variadic: true, description: 'names of files' },
  },
  options: {
    failed: { type: 'boolean', description: 'those that failed' },
    done: { type: 'boolean', description: 'those that are done' },
    reserved: { type: 'boolean', description: 'those that a worker holds' },
    all: { type: 'boolean', description: 'all of these' },
  },
  examples: [
    { command: 'sluice project restart 12 --failed', says: 'Try again what failed' },
    { command: 'sluice project restart 12 raw:run7.root raw:run8.root', says: 'Do two files once more' },
  ],
  async run(context, { project, did, ...states }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    let reopened = 0;
    for (const selection of selectionsOf(did, states)) {
      const request = { project, ...selection, requestId: crypto.randomUUID() };
      const reply = await client.restartProject(request, { signal });
      if (reply.reopened === undefined) return goesOn(context, project);
      reopened += reply.reopened;
    }
    if (json) printJson(stdout, { reopened });
    else
      stdout.write(
        `${plural(reopened, 'file')} of project ${project} ${reopened === 1 ? 'is' : 'are'} ready again\n`,
      );
    return EXIT.ok;
  },
});

/** Only a restart by states is of so many files, and it is a single request. */
function goesOn({ stdout, json }: Context, project: number): typeof EXIT.ok {
  if (json) printJson(stdout, {});
  else
    stdout.write(
      `the files of project ${project} become ready again: \`sluice project show ${project}\` tells how many are\n`,
    );
  return EXIT.ok;
}

const STATES = ['failed', 'done', 'reserved'] as const;

/** What to ask of the server, in as many requests as it takes. */
function selectionsOf(
  dids: readonly string[],
  given: Readonly<Record<(typeof STATES)[number] | 'all', boolean>>,
): Selection[] {
  const states = STATES.filter(state => given[state] || given.all);
  if (dids.length > 0 === states.length > 0) {
    throw new UsageError('give either names of files, or --failed, --done, --reserved or --all');
  }
  return states.length > 0
    ? [{ states }]
    : chunksOf(dids, LIMITS.restartDids).map(chunk => ({ dids: chunk }));
}
