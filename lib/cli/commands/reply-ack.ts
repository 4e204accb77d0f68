import { REPLIES } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Take replies off their queue',
  description: 'Prints the ids of those that were there. To acknowledge one twice does no harm.',
  arguments: {
    replies: REPLIES,
    ids: { type: 'string', variadic: true, description: 'the ids of replies' },
  },
  options: { owner: { type: 'string', placeholder: 'USER', description: 'whose queue it is; for admins' } },
  examples: [
    {
      command: 'sluice reply ack releases $(sluice reply list releases -j | jq -r .id)',
      says: 'All that are there',
    },
  ],
  async run(context, { replies, ids, owner }) {
    const { stdout, json, signal } = context;
    const acked = await clientFor(context).ackReplies({ replies, ids, owner }, { signal });
    if (json) printJson(stdout, acked);
    else for (const id of acked.acknowledged) stdout.write(`${id}\n`);
    return EXIT.ok;
  },
});
