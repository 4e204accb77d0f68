import { WEBHOOK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Make a webhook, or change where it is',
  description: `A URL that is told of what happens, by POST. Tasks name it: --reply-to webhook:NAME. For admins.

Its messages are signed as Standard Webhooks has it (standardwebhooks.com). The secret is printed when the webhook is made, and never again: to change it, delete the webhook and make it anew.`,
  arguments: {
    webhook: WEBHOOK,
    url: { type: 'string', description: 'begins with https:, or is on the machine of the server itself' },
  },
  options: { all: { type: 'boolean', description: 'tell it of every project and task' } },
  examples: [
    {
      command: 'sluice webhook set lab https://lab.example/sluice',
      says: 'For tasks that reply to webhook:lab',
    },
    { command: 'sluice webhook set log https://log.example/in --all', says: 'For all that happens' },
  ],
  async run(context, { webhook, url, all }) {
    const { stdout, json, signal } = context;
    const set = await clientFor(context).putWebhook({ webhook, url, ...(all && { all }) }, { signal });
    if (json) printJson(stdout, set);
    else if (set.secret === undefined) stdout.write(`webhook ${webhook} is changed, and keeps its secret\n`);
    else stdout.write(`${set.secret}\n`);
    return EXIT.ok;
  },
});
