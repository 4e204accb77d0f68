import { TASKS } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { taskSentence } from '../tasks/task-sentences.ts';

export default defineCommand({
  summary: 'Queue tasks again that failed or were cancelled',
  description: 'Each is given as many attempts as it had.',
  arguments: { task: TASKS },
  examples: [{ command: 'sluice task retry juicer-1043', says: 'Once more' }],
  async run(context, { task: ids }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    for (const id of ids) {
      const task = await client.retryTask({ task: id, requestId: crypto.randomUUID() }, { signal });
      if (json) printJson(stdout, task);
      else stdout.write(`${taskSentence(task)}\n`);
    }
    return EXIT.ok;
  },
});
