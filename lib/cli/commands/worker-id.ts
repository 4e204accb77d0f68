import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';
import { printJson } from '../print.ts';
import { keepWorker, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Show or set the id of the worker in this folder',
  description:
    'The id is kept in .sluice_worker_id. Where there is none, a random one is made and kept; an id that Data Dispatcher keeps here is taken over. Workers that run at the same time need an id each.',
  arguments: { id: { type: 'string', optional: true, description: 'an id to keep from now on' } },
  options: { new: { type: 'boolean', short: 'n', description: 'keep a new random id' } },
  examples: [
    { command: 'sluice worker id', says: 'Who am I?' },
    { command: 'sluice worker id $(hostname)-$SLURM_JOB_ID', says: 'An id that says something' },
  ],
  async run(context, { id, new: isNew }) {
    if (isNew && id !== undefined) throw new UsageError('give an id or --new, not both');
    const worker =
      isNew || id !== undefined ? await keepWorker(context, id) : await workerOf(context, undefined);
    if (context.json) printJson(context.stdout, { worker });
    else context.stdout.write(`${worker}\n`);
    return EXIT.ok;
  },
});
