import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { heldFile } from '../worker/held-file.ts';
import { nextFile } from '../worker/next-file.ts';
import { LANE, SITE, WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Reserve the next file of a project',
  description: `Prints its name; with --json all that is known of it, with the url of the nearest copy. Report it with \`sluice worker done\` or \`sluice worker failed\` within the lease, or extend that with \`sluice worker heartbeat\`.

Where there is no file, it prints the word timeout (nothing came in the time to wait) or done (the project is over) and exits with a code of its own for each, with --json too.`,
  arguments: { project: PROJECT },
  options: {
    worker: WORKER,
    site: SITE,
    lane: LANE,
    wait: {
      type: 'duration',
      short: 't',
      or: 'forever',
      default: 'forever',
      description: 'how long to wait for a file; 0 not at all',
    },
    secondsLeft: {
      type: 'duration',
      description: 'how long this worker still has: only files expected to take less',
    },
  },
  exits: ['timeout', 'done'],
  examples: [
    {
      command: 'f=$(sluice worker next 12) && ./work "$f" && sluice worker done 12 "$f"',
      says: 'One file; a worker does this until `next` says that it is over',
    },
    { command: 'sluice worker next 12 -j --wait 10m --site CERN', says: 'For a script that reads JSON' },
  ],
  async run(context, { project, worker: given, site, lane, wait, secondsLeft }) {
    const { stdout, json } = context;
    const worker = await workerOf(context, given);
    const reply = await nextFile(
      context,
      clientFor(context),
      { project, worker, site, ...(lane.length > 0 && { lanes: lane }) },
      { waitSeconds: wait === 'forever' ? Number.POSITIVE_INFINITY : wait, secondsLeft },
    );
    if (reply.status === 'wait') {
      stdout.write('timeout\n');
      return EXIT.timeout;
    }
    if (reply.status === 'done') {
      stdout.write('done\n');
      return EXIT.done;
    }
    for (const reservation of reply.reservations) {
      if (json) printJson(stdout, heldFile(reservation, worker));
      else stdout.write(`${reservation.did}\n`);
    }
    return EXIT.ok;
  },
});
