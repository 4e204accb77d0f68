import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { REPORTED, reportFiles } from '../worker/reports.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Report files as done',
  description:
    'The word all stands for all files that the worker holds. What has the form of a token of the project is taken for one. A report that is repeated is accepted again.',
  arguments: { project: PROJECT, file: REPORTED },
  options: { worker: WORKER },
  exits: ['refused'],
  examples: [
    { command: 'sluice worker done 12 raw:run7.root', says: 'One file' },
    { command: 'sluice worker done 12 all', says: 'All that I hold' },
  ],
  async run(context, { project, file, worker: given }) {
    const client = clientFor(context);
    const desk = { project, worker: await workerOf(context, given) };
    return reportFiles(context, client, desk, file, items =>
      client.done({ ...desk, done: items }, { signal: context.signal }),
    );
  },
});
