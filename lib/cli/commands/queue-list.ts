import type { Queue } from '../../contract/queues.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { formatRoughly } from '../frame/duration.ts';
import { type Column, tableWriter } from '../frame/table.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'List the queues of tasks',
  examples: [{ command: 'sluice queue list', says: 'Which there are, and which tasks go there' }],
  async run(context) {
    const { stdout, json, signal } = context;
    const { queues } = await clientFor(context).listQueues({}, { signal });
    if (json) printJson(stdout, queues);
    else tableWriter(COLUMNS, stdout)(queues);
    return EXIT.ok;
  },
});

const COLUMNS: readonly Column<Queue>[] = [
  { header: 'QUEUE', value: ({ name }) => name },
  { header: 'STATE', value: ({ paused }) => (paused ? 'paused' : 'open') },
  { header: 'LEASE', align: 'right', value: ({ leaseSeconds }) => formatRoughly(leaseSeconds) },
  { header: 'ATTEMPTS', align: 'right', value: ({ maxAttempts }) => String(maxAttempts) },
  { header: 'AT ONCE', align: 'right', value: ({ concurrency }) => String(concurrency ?? '') },
  { header: 'BOUND', value: ({ bindings }) => bindings.join(' ') },
  { header: 'TITLE', value: ({ title }) => title },
];
