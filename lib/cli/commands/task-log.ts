import { setTimeout } from 'node:timers/promises';
import { TASK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { patiently } from '../patiently.ts';
import { logReader } from '../tasks/log-lines.ts';

const PAUSE_SECONDS = 0.5;

export default defineCommand({
  summary: 'Show the log of a task',
  description:
    'All that its worker wrote, as it was written; on a terminal without what would drive it, but for colours. With -f, also what comes, until the task has ended; a server that is away for a while, as for a restart, is waited for.',
  arguments: { task: TASK },
  options: { follow: { type: 'boolean', short: 'f', description: 'go on until the task has ended' } },
  examples: [
    { command: 'sluice task log juicer-1043 -f', says: 'While it is run' },
    { command: 'sluice task log juicer-1043 > juicer.log', says: 'The whole of it' },
  ],
  async run(context, { task, follow }) {
    const log = logReader(context, clientFor(context), task);
    const asking = { pauseSeconds: PAUSE_SECONDS, clear() {} };
    let ended = await log.showNew();
    while (follow && !ended) {
      await setTimeout(PAUSE_SECONDS * 1000, undefined, { signal: context.signal });
      ended = await patiently(context, asking, () => log.showNew());
    }
    return EXIT.ok;
  },
});
