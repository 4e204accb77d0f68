import type { RouteReply } from '../../contract/routes.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { plural } from '../plural.ts';
import { printJson } from '../print.ts';
import { formatTime } from '../times.ts';
import { WORKER, workerOf } from '../worker/who.ts';

export default defineCommand({
  summary: 'Extend the leases of a worker',
  description:
    'Those of the tokens given, or all that the worker has. The answer is no where a lease is lost or the project was cancelled: then stop working on it.',
  arguments: {
    project: PROJECT,
    reservation: { type: 'string', optional: true, variadic: true, description: 'tokens of reservations' },
  },
  options: { worker: WORKER },
  exits: ['no'],
  examples: [{ command: 'sluice worker heartbeat 12', says: 'I am still at it' }],
  async run(context, { project, reservation, worker: given }) {
    const { stdout, json, signal } = context;
    const worker = await workerOf(context, given);
    const tokens = reservation.length > 0 ? { tokens: reservation } : {};
    const reply = await clientFor(context).heartbeat({ project, worker, ...tokens }, { signal });
    if (json) printJson(stdout, reply);
    else for (const sentence of sentencesOf(reply)) stdout.write(`${sentence}\n`);
    return reply.cancelled || reply.lost.length > 0 ? EXIT.no : EXIT.ok;
  },
});

function sentencesOf({ kept, lost, cancelled }: RouteReply<'heartbeat'>): string[] {
  const deadlines = kept.flatMap(({ deadline }) => deadline ?? []);
  const until = deadlines.length > 0 ? ` until ${formatTime(Math.min(...deadlines))}` : '';
  return [
    `${plural(kept.length, 'file')} held${until}`,
    ...lost.map(token => `${token} is held no longer: stop working on it`),
    ...(cancelled ? ['the project is cancelled: stop working on it'] : []),
  ];
}
