import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import type { Column } from '../frame/table.ts';
import { pages } from '../pages.ts';
import { printListing } from '../print-listing.ts';
import { formatTime } from '../times.ts';
import { heldFile } from '../worker/held-file.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'List the files that a worker holds',
  description:
    'With --json, one line of JSON for each file: as `sluice worker next` has it, with URLs that work, and with --all as `sluice project files` has it.',
  arguments: { project: PROJECT },
  options: {
    worker: WORKER,
    site: { type: 'string', short: 'c', description: 'where the worker is: decides which copies are shown' },
    all: { type: 'boolean', description: 'those of all workers' },
  },
  examples: [
    { command: 'sluice worker list 12', says: 'What I still have to report' },
    { command: 'sluice worker list 12 --all', says: 'Who works on what' },
  ],
  async run(context, { project, worker, site, all }) {
    const client = clientFor(context);
    const { signal } = context;
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

async function* onePage<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield rows;
}
