import { TASK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { defineCommand } from '../frame/command.ts';
import { INTERVAL, untilEnded } from '../tasks/until-ended.ts';

export default defineCommand({
  summary: 'Wait until a task has ended',
  description:
    'Shows its progress; with --json, the task as one line of JSON for each change. A server that is away for a while, as for a restart, is waited for.',
  arguments: { task: TASK },
  options: { interval: INTERVAL },
  exits: ['no'],
  examples: [{ command: 'sluice task wait juicer-1043 && ./announce', says: 'Go on when it has succeeded' }],
  run: (context, { task, interval }) => untilEnded(context, clientFor(context), task, { interval }),
});
