import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { SUBMISSION, submissionOf } from '../tasks/submission.ts';
import { INTERVAL, untilEnded } from '../tasks/until-ended.ts';

export default defineCommand({
  summary: 'Submit a task, and print its id',
  description: `It goes to a queue, from which workers take it. What is not given is as the queue says.

With --wait, its log and its progress are shown until it has ended, and the exit code says whether it succeeded; with --json too, the task is one line of JSON for each change.`,
  arguments: { name: { type: 'string', description: 'what is to be done: workers know it by its name' } },
  options: {
    ...SUBMISSION,
    wait: { type: 'boolean', description: 'wait until it has ended' },
    interval: INTERVAL,
  },
  exits: ['no'],
  examples: [
    {
      command: 'sluice task submit promote --arg cart=tomcat --arg environment=prod',
      says: 'A task with arguments',
    },
    {
      command: 'sluice task submit session --queue otf --args session.json --wait',
      says: 'Go on when it is done',
    },
    {
      command: 'sluice task submit nightly --key $(date +%F)',
      says: 'Once a day, however often it is asked for',
    },
  ],
  async run(context, { name, wait, interval, ...options }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const task = await client.submitTask(await submissionOf(context, name, options), { signal });
    if (!json) stdout.write(`${task.id}\n`);
    else if (!wait) printJson(stdout, task);
    return wait ? untilEnded(context, client, task.id, { interval, withLog: true }) : EXIT.ok;
  },
});
