import type { ShownWorker } from '../../contract/workers.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';
import type { Column } from '../frame/table.ts';
import { pages } from '../pages.ts';
import { printListing } from '../print-listing.ts';
import { formatTime } from '../times.ts';
import { heldFile } from '../worker/held-file.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'List the workers of queues, or the files that a worker holds',
  description:
    'Without a project, the workers that take tasks: active, or silent when they were not heard of for three minutes; those that were not for a day are forgotten.\n\nWith a project, the files that this worker holds of it. With --json, one line of JSON for each file: as `sluice worker next` has it, with URLs that work, and with --all as `sluice project files` has it.',
  arguments: { project: { ...PROJECT, optional: true } },
  options: {
    worker: WORKER,
    site: { type: 'string', short: 'c', description: 'where the worker is: decides which copies are shown' },
    queue: { type: 'string', description: 'only workers of this queue' },
    all: { type: 'boolean', description: 'those of all workers' },
  },
  examples: [
    { command: 'sluice worker list --queue juicer', says: 'Who is there to run its tasks' },
    { command: 'sluice worker list 12', says: 'What I still have to report' },
    { command: 'sluice worker list 12 --all', says: 'Who works on what' },
  ],
  async run(context, { project, queue, worker, site, all }) {
    const client = clientFor(context);
    const { signal } = context;
    if (project === undefined) {
      const listing = pages<ShownWorker, string>(Number.POSITIVE_INFINITY, async page => {
        const { workers, next } = await client.listWorkers({ queue, ...page }, { signal });
        return { rows: workers, next };
      });
      await printListing(context, listing, WORKER_COLUMNS);
      return EXIT.ok;
    }
    if (queue !== undefined) throw new UsageError('give a project or --queue, not both');
    if (!all) {
      const me = await workerOf(context, worker);
      const { reservations } = await client.held({ project, worker: me, site }, { signal });
      await printListing(
        context,
        onePage(reservations.map(reservation => heldFile(reservation, me))),
        COLUMNS,
      );
      return EXIT.ok;
    }
    const listing = pages(Number.POSITIVE_INFINITY, async page => {
      const { files, next } = await client.listFiles({ project, state: 'reserved', ...page }, { signal });
      return { rows: files, next };
    });
    await printListing(context, listing, COLUMNS);
    return EXIT.ok;
  },
});

interface Held {
  readonly did: string;
  readonly worker?: string | undefined;
  readonly deadline?: number | null | undefined;
  readonly token?: string | undefined;
}

const COLUMNS: readonly Column<Held>[] = [
  { header: 'FILE', value: ({ did }) => did },
  { header: 'WORKER', value: ({ worker = '' }) => worker },
  { header: 'UNTIL', value: ({ deadline }) => (deadline ? formatTime(deadline) : 'reported') },
  { header: 'TOKEN', value: ({ token = '' }) => token },
];

const WORKER_COLUMNS: readonly Column<ShownWorker>[] = [
  { header: 'WORKER', value: ({ worker }) => worker },
  { header: 'STATE', value: ({ state }) => state },
  { header: 'QUEUES', value: ({ queues }) => queues.join(', ') },
  { header: 'AT ONCE', align: 'right', value: ({ concurrency }) => String(concurrency) },
  { header: 'HOST', value: ({ host, pid }) => `${host} ${pid}` },
  { header: 'CPUS', align: 'right', value: ({ cpus }) => String(cpus) },
  {
    header: 'MEMORY',
    align: 'right',
    value: ({ memoryBytes }) => `${Math.round(memoryBytes / 2 ** 30)} GiB`,
  },
  { header: 'VERSION', value: ({ version = '' }) => version },
  { header: 'USER', value: ({ user }) => user },
  { header: 'SEEN', align: 'right', value: ({ seenAt }) => formatTime(seenAt) },
];

async function* onePage<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield rows;
}
