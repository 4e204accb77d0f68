import { type Project, ProjectState } from '../../contract/projects.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { formatCount } from '../frame/quantity.ts';
import type { Column } from '../frame/table.ts';
import { pages } from '../pages.ts';
import { printListing } from '../print-listing.ts';
import { formatTime } from '../times.ts';

export default defineCommand({
  summary: 'List the projects you may see',
  description: 'With --json, one line of JSON for each project.',
  options: {
    owner: { type: 'string', placeholder: 'USER', description: 'only those of this user' },
    state: {
      type: 'choice',
      choices: ProjectState.options,
      placeholder: 'STATE',
      description: `only those that are ${ProjectState.options.join(', ')}`,
    },
    limit: { type: 'integer', min: 1, description: 'at most so many, the oldest first' },
  },
  examples: [
    { command: 'sluice project list --state active', says: 'What is being worked on' },
    { command: 'sluice project list -j | jq -r .id', says: 'The numbers alone' },
  ],
  async run(context, { owner, state, limit }) {
    const client = clientFor(context);
    const { signal } = context;
    const listing = pages(limit ?? Number.POSITIVE_INFINITY, async page => {
      const { projects, next } = await client.listProjects({ owner, state, ...page }, { signal });
      return { rows: projects, next };
    });
    await printListing(context, listing, COLUMNS);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<Project>[] = [
  { header: 'ID', align: 'right', value: ({ id }) => String(id) },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'DONE', align: 'right', value: ({ counts }) => formatCount(counts.done) },
  { header: 'FAILED', align: 'right', value: ({ counts }) => formatCount(counts.failed) },
  { header: 'FILES', align: 'right', value: ({ files }) => formatCount(files) },
  { header: 'OWNER', value: ({ owner }) => owner },
  { header: 'CREATED', align: 'right', value: ({ createdAt }) => formatTime(createdAt) },
  { header: 'TITLE', value: ({ title }) => title },
];
