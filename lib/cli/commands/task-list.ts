import { TaskState, type TaskSummary } from '../../contract/tasks.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import type { Column } from '../frame/table.ts';
import { pages } from '../pages.ts';
import { printListing } from '../print-listing.ts';
import { progressField } from '../tasks/task-sentences.ts';
import { formatTime } from '../times.ts';

export default defineCommand({
  summary: 'List the tasks you may see',
  description: 'The newest of each queue first. With --json, one line of JSON for each task.',
  options: {
    queue: { type: 'string', description: 'only those of this queue' },
    state: {
      type: 'choice',
      choices: TaskState.options,
      placeholder: 'STATE',
      description: `only those that are ${TaskState.options.join(', ')}`,
    },
    parent: { type: 'string', placeholder: 'TASK', description: 'only the parts of this task, oldest first' },
    limit: { type: 'integer', min: 1, description: 'at most so many' },
  },
  examples: [
    { command: 'sluice task list --queue juicer --state running', says: 'What is being worked on' },
    { command: 'sluice task list --limit 1000 -j | jq -r .id', says: 'The ids alone' },
  ],
  async run(context, { queue, state, parent, limit }) {
    const client = clientFor(context);
    const { signal } = context;
    const listing = pages<TaskSummary, string>(limit ?? Number.POSITIVE_INFINITY, async page => {
      const { tasks, next } = await client.listTasks({ queue, state, parent, ...page }, { signal });
      return { rows: tasks, next };
    });
    await printListing(context, listing, COLUMNS);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<TaskSummary>[] = [
  { header: 'ID', value: ({ id }) => id },
  { header: 'NAME', value: ({ name }) => name },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'PROGRESS', value: progressField },
  { header: 'WORKER', value: ({ worker }) => worker ?? '' },
  { header: 'OWNER', value: ({ owner }) => owner },
  { header: 'CREATED', align: 'right', value: ({ createdAt }) => formatTime(createdAt) },
  { header: 'TITLE', value: ({ title }) => title },
];
