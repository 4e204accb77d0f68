import type { ShownQueue } from '../../contract/queues.ts';
import { TaskState } from '../../contract/tasks.ts';
import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { formatRoughly } from '../frame/duration.ts';
import { formatCount } from '../frame/quantity.ts';
import { type Field, printFields, printJson } from '../print.ts';

export default defineCommand({
  summary: 'Show a queue: how many tasks it has, and its settings',
  arguments: { queue: QUEUE },
  examples: [{ command: 'sluice queue show juicer -j | jq .counts.queued', says: 'How many wait' }],
  async run(context, { queue }) {
    const { stdout, json, signal } = context;
    const shown = await clientFor(context).showQueue({ queue }, { signal });
    if (json) printJson(stdout, shown);
    else printFields(stdout, fieldsOf(shown));
    return EXIT.ok;
  },
});

function fieldsOf(queue: ShownQueue): Field[] {
  const { counts, timeoutSeconds, concurrency } = queue;
  return [
    ['queue', queue.name],
    ['title', queue.title],
    ['state', queue.paused ? 'paused' : 'open'],
    ...TaskState.options.map((state): Field => [`  ${state}`, formatCount(counts[state])]),
    ['lease', formatRoughly(queue.leaseSeconds)],
    ['timeout', timeoutSeconds === null ? undefined : formatRoughly(timeoutSeconds)],
    [
      'attempts',
      `${queue.maxAttempts}, ${formatRoughly(queue.retryBackoffSeconds)} to ${formatRoughly(queue.retryBackoffMaxSeconds)} apart`,
    ],
    ['at once', concurrency === null ? undefined : formatCount(concurrency)],
    ['grace', formatRoughly(queue.cancelGraceSeconds)],
    ['begun within', formatRoughly(queue.startWithinSeconds)],
    ['kept for', formatRoughly(queue.retentionSeconds)],
    ['bound', queue.bindings.join(', ')],
    ['users', queue.users.join(', ')],
    ['roles', queue.roles.join(', ')],
  ];
}
