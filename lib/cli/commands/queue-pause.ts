import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Stop handing out tasks of a queue',
  description: 'What is running goes on; tasks can still be submitted. For admins.',
  arguments: { queue: QUEUE },
  examples: [{ command: 'sluice queue pause juicer', says: 'Before a change' }],
  async run(context, { queue }) {
    const { stdout, json, signal } = context;
    const shown = await clientFor(context).pauseQueue({ queue }, { signal });
    if (json) printJson(stdout, shown);
    else stdout.write(`queue ${queue} is paused\n`);
    return EXIT.ok;
  },
});
