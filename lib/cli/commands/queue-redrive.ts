import type { RouteReply } from '../../contract/routes.ts';
import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { oneLine } from '../frame/text.ts';
import { plural } from '../plural.ts';
import { printJson } from '../print.ts';

type DeadLetters = NonNullable<RouteReply<'redriveQueue'>['deadLetters']>;

export default defineCommand({
  summary: 'Queue the tasks of a queue again that failed for good',
  description:
    'Each is given as many attempts as it had. On AWS, where a function runs the tasks, tickets in its dead-letter queue are sent again if their tasks still wait; what there is no ticket is shown and stays. For admins.',
  arguments: { queue: QUEUE },
  examples: [{ command: 'sluice queue redrive juicer', says: 'Once what they failed of is put right' }],
  async run(context, { queue }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const first = await client.redriveQueue({ queue }, { signal });
    const retried = [...first.retried];
    for (let { next } = first; next !== undefined; ) {
      const page = await client.redriveQueue({ queue, after: next }, { signal });
      retried.push(...page.retried);
      next = page.next;
    }
    const { deadLetters } = first;
    if (json) printJson(stdout, { retried, ...(deadLetters && { deadLetters }) });
    else {
      stdout.write(`${plural(retried.length, 'task')} of queue ${queue} queued again\n`);
      if (deadLetters) stdout.write(sentencesOf(deadLetters));
    }
    return EXIT.ok;
  },
});

function sentencesOf({ returned, over, strange }: DeadLetters): string {
  return [
    `dead-letter queue: ${plural(returned, 'ticket')} sent again, ${plural(over, 'ticket')} of tasks that have ended removed`,
    ...strange.map(text => `  no ticket, and still there: ${oneLine(text)}`),
    '',
  ].join('\n');
}
