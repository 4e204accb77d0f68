import type { Webhook } from '../../contract/webhooks.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { type Column, tableWriter } from '../frame/table.ts';
import { printJson } from '../print.ts';
import { formatTime } from '../times.ts';

export default defineCommand({
  summary: 'List the webhooks, and how they do',
  description:
    'What cannot be told waits, and is tried again for a day; then it is dropped. For admins. With --json, one list.',
  examples: [{ command: 'sluice webhook list', says: 'Which there are, and which do not answer' }],
  async run(context) {
    const { stdout, json, signal } = context;
    const { webhooks } = await clientFor(context).listWebhooks({}, { signal });
    if (json) printJson(stdout, webhooks);
    else tableWriter(COLUMNS, stdout)(webhooks);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<Webhook>[] = [
  { header: 'WEBHOOK', value: ({ name }) => name },
  { header: 'HEARS OF', value: ({ all }) => (all ? 'everything' : 'tasks that name it') },
  { header: 'STATE', value: ({ isWaiting }) => (isWaiting ? 'waiting' : 'well') },
  { header: 'DROPPED', align: 'right', value: ({ dropped }) => String(dropped) },
  {
    header: 'LAST FAILURE',
    value: ({ failure }) => (failure ? `${formatTime(failure.at)} ${failure.message}` : ''),
  },
  { header: 'URL', value: ({ url }) => url },
];
