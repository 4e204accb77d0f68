import type { ProjectFile } from '../../contract/projects.ts';
import { FileState } from '../../contract/words.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { whenOf } from '../file-sentences.ts';
import { defineCommand } from '../frame/command.ts';
import type { Column } from '../frame/table.ts';
import { pages } from '../pages.ts';
import { printListing } from '../print-listing.ts';

export default defineCommand({
  summary: 'List the files of a project and how they stand',
  description: `Lane by lane, in the order of the list that the project was made of. With --json, one line of JSON for each file; both are written as they come, however many there are.

WHEN is the time until which a file is reserved, before which it is not tried again, or at which it failed.`,
  arguments: { project: PROJECT },
  options: {
    state: { type: 'choice', choices: FileState.options, description: 'only those in this state' },
    worker: {
      type: 'string',
      short: 'w',
      placeholder: 'ID',
      description: 'only those that this worker holds',
    },
    lane: { type: 'string', description: 'only those of this lane' },
    limit: { type: 'integer', min: 1, description: 'at most so many' },
  },
  examples: [
    { command: 'sluice project files 12 --state failed', says: 'What failed, when and why' },
    { command: 'sluice project files 12 --state done -j | jq -r .did', says: 'The names of what is done' },
  ],
  async run(context, { project, state, worker, lane, limit }) {
    const client = clientFor(context);
    const { signal } = context;
    const listing = pages(limit ?? Number.POSITIVE_INFINITY, async page => {
      const { files, next } = await client.listFiles({ project, state, worker, lane, ...page }, { signal });
      return { rows: files, next };
    });
    await printListing(context, listing, COLUMNS);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<ProjectFile>[] = [
  { header: 'FILE', value: ({ did }) => did },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'ATTEMPTS', align: 'right', value: ({ attempts }) => String(attempts) },
  { header: 'WORKER', value: ({ worker, failure }) => worker ?? failure?.worker ?? '' },
  { header: 'WHEN', align: 'right', value: whenOf },
  { header: 'REASON', value: ({ failure }) => failure?.reason ?? '' },
];
