import { setTimeout } from 'node:timers/promises';
import { REPLIES } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { patiently } from '../patiently.ts';
import { printJson } from '../print.ts';
import { replySentence } from '../replies/reply-sentences.ts';

/** A server on one machine lets the call wait so long. */
const WAIT_SECONDS = 20;

export default defineCommand({
  summary: 'Print replies as they come, and acknowledge them',
  description:
    'Each is acknowledged once it is printed. It runs until it is stopped; a server that is away for a while is waited for. With --json, one line of JSON for each.',
  arguments: { replies: REPLIES },
  options: {
    interval: {
      type: 'duration',
      default: 2,
      description: 'how often to look, where the server does not wait',
    },
  },
  examples: [{ command: 'sluice reply watch releases -j | ./announce', says: 'Hear of each release' }],
  async run(context, { replies: name, interval }) {
    const { stdout, json, signal, now } = context;
    const client = clientFor(context);
    const patience = { pauseSeconds: interval, clear: () => {} };
    const ask = <T>(call: () => Promise<T>) => patiently(context, patience, call);
    for (;;) {
      const askedAt = now();
      const { replies } = await ask(() =>
        client.listReplies({ replies: name, waitSeconds: WAIT_SECONDS }, { signal }),
      );
      for (const reply of replies) {
        if (json) printJson(stdout, reply);
        else stdout.write(`${replySentence(reply)}\n`);
      }
      const ids = replies.map(({ id }) => id);
      if (ids.length > 0) await ask(() => client.ackReplies({ replies: name, ids }, { signal }));
      else await setTimeout(Math.max(0, askedAt + interval * 1000 - now()), undefined, { signal });
    }
  },
});
