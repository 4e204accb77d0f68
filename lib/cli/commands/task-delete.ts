import { TASKS } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Delete tasks that have ended, and all that is kept of them',
  arguments: { task: TASKS },
  examples: [{ command: 'sluice task delete juicer-1043 juicer-1044', says: 'Two of them' }],
  async run(context, { task: ids }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    for (const id of ids) {
      const reply = await client.deleteTask({ task: id }, { signal });
      if (json) printJson(stdout, reply);
      else stdout.write(`task ${id} is deleted\n`);
    }
    return EXIT.ok;
  },
});
