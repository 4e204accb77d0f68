import type { TaskEvent } from '../../contract/replies.ts';
import { REPLIES } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { type Column, tableWriter } from '../frame/table.ts';
import { printJson } from '../print.ts';
import { saidBy } from '../replies/reply-sentences.ts';
import { formatTime } from '../times.ts';

export default defineCommand({
  summary: 'List the replies that wait in a queue',
  description:
    'The oldest first. They stay until they are acknowledged, or for 14 days. With --json, one line of JSON for each.',
  arguments: { replies: REPLIES },
  options: {
    owner: { type: 'string', placeholder: 'USER', description: 'whose queue it is; for admins' },
    limit: { type: 'integer', min: 1, max: 1000, description: 'at most so many (100 unless given)' },
  },
  examples: [
    { command: 'sluice reply list releases', says: 'What came of tasks that reply to sluice:releases' },
  ],
  async run(context, { replies: name, owner, limit }) {
    const { stdout, json, signal } = context;
    const { replies } = await clientFor(context).listReplies({ replies: name, owner, limit }, { signal });
    if (json) for (const reply of replies) printJson(stdout, reply);
    else tableWriter(COLUMNS, stdout)(replies);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<TaskEvent>[] = [
  { header: 'ID', value: ({ id }) => id },
  { header: 'AT', value: ({ at }) => formatTime(at) },
  { header: 'NAME', value: ({ name }) => name },
  { header: 'EVENT', value: ({ event }) => event },
  { header: 'CORRELATION', value: ({ correlationId }) => correlationId ?? '' },
  { header: 'SAYS', value: saidBy },
];
