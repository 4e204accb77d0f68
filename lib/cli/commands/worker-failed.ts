import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { REPORTED, reportFiles } from '../worker/reports.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Report files as failed, to be tried again or not',
  description:
    'A file that has attempts left is tried again after a while, by any worker. The word all stands for all files that the worker holds; what has the form of a token of the project is taken for one.',
  arguments: { project: PROJECT, file: REPORTED },
  options: {
    final: { type: 'boolean', short: 'f', description: 'another attempt will not help: do not try again' },
    reason: { type: 'string', description: 'why, for people' },
    worker: WORKER,
  },
  exits: ['refused'],
  examples: [
    { command: 'sluice worker failed 12 raw:run7.root --reason "no space left"', says: 'May work elsewhere' },
    { command: 'sluice worker failed -f 12 raw:run7.root --reason corrupt', says: 'Will never work' },
  ],
  async run(context, { project, file, final, reason, worker: given }) {
    const client = clientFor(context);
    const desk = { project, worker: await workerOf(context, given) };
    return reportFiles(context, client, desk, file, items => {
      const failed = items.map(item => ({ ...item, retry: !final, reason }));
      return client.failed({ ...desk, failed }, { signal: context.signal });
    });
  },
});
