import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Hand out tasks of a queue again',
  description: 'For admins.',
  arguments: { queue: QUEUE },
  examples: [{ command: 'sluice queue resume juicer', says: 'After it' }],
  async run(context, { queue }) {
    const { stdout, json, signal } = context;
    const shown = await clientFor(context).resumeQueue({ queue }, { signal });
    if (json) printJson(stdout, shown);
    else stdout.write(`queue ${queue} is open\n`);
    return EXIT.ok;
  },
});
