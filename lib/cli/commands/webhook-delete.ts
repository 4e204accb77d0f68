import { WEBHOOK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Delete a webhook, and what waits for it',
  description: 'For admins.',
  arguments: { webhook: WEBHOOK },
  examples: [{ command: 'sluice webhook delete lab', says: 'It is told of nothing any more' }],
  async run(context, { webhook }) {
    const { stdout, json, signal } = context;
    const reply = await clientFor(context).deleteWebhook({ webhook }, { signal });
    if (json) printJson(stdout, reply);
    else stdout.write(`webhook ${webhook} is deleted\n`);
    return EXIT.ok;
  },
});
