import { TASK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Say where the outputs of a task can be read',
  description:
    'A line each: its name, and the URL at which it can be read for an hour. There are none before the task has succeeded. Another task is given one as its input by --input NAME=sluice:TASK/FILE.',
  arguments: { task: TASK },
  examples: [
    { command: 'curl -O $(sluice task outputs juicer-1043 -j | jq -r .report)', says: 'Fetch one of them' },
  ],
  async run(context, { task }) {
    const { outputs } = await clientFor(context).taskOutputs({ task }, { signal: context.signal });
    if (context.json) printJson(context.stdout, outputs);
    else for (const [name, url] of Object.entries(outputs)) context.stdout.write(`${name}=${url}\n`);
    return EXIT.ok;
  },
});
