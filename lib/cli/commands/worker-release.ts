import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { REPORTED, reportFiles } from '../worker/reports.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Give back files that were not begun',
  description:
    'They are ready at once, and the attempt does not count. The word all stands for all files that the worker holds.',
  arguments: { project: PROJECT, file: REPORTED },
  options: { worker: WORKER },
  exits: ['refused'],
  examples: [{ command: 'sluice worker release 12 all', says: 'Before the worker goes' }],
  async run(context, { project, file, worker: given }) {
    const client = clientFor(context);
    const desk = { project, worker: await workerOf(context, given) };
    return reportFiles(context, client, desk, file, items =>
      client.release({ ...desk, released: items }, { signal: context.signal }),
    );
  },
});
