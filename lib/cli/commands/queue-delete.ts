import { RefusedError } from '../../client/index.ts';
import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { confirmed } from '../confirmed.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Delete a queue and all that is kept of its tasks',
  description:
    'Its tasks must all have ended. What is bound to it is bound to nothing then, and the numbers of its tasks are not given again. Asks first on a terminal; elsewhere it must be told --yes. For admins.',
  arguments: { queue: QUEUE },
  options: { yes: { type: 'boolean', short: 'y', description: 'do not ask' } },
  exits: ['no'],
  examples: [{ command: 'sluice queue delete juicer --yes', says: 'In a script' }],
  async run(context, { queue, yes }) {
    const { stdout, json, signal } = context;
    if (!yes && !(await confirmed(context, `delete queue ${queue}`))) {
      context.stderr.write(`queue ${queue} stays\n`);
      return EXIT.no;
    }
    const client = clientFor(context);
    // A large queue is deleted in several steps.
    const ask = () => client.deleteQueue({ queue }, { signal });
    let reply = await ask().catch(unlessBusy);
    while (!reply) reply = await ask().catch(unlessBusy);
    if (json) printJson(stdout, reply);
    else stdout.write(`queue ${queue} is deleted\n`);
    return EXIT.ok;
  },
});

function unlessBusy(error: unknown): undefined {
  if (error instanceof RefusedError && error.code === 'busy') return undefined;
  throw error;
}
