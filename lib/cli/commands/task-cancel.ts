import { TASKS } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { taskSentence } from '../tasks/task-sentences.ts';

export default defineCommand({
  summary: 'Cancel tasks, and the parts of them that are not begun',
  description:
    'A task that is not begun ends at once. The worker of one that is running hears of it and has a while to end; then the task is taken from it.',
  arguments: { task: TASKS },
  examples: [{ command: 'sluice task cancel juicer-1043', says: 'Stop it' }],
  async run(context, { task: ids }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    for (const id of ids) {
      const task = await client.cancelTask({ task: id, requestId: crypto.randomUUID() }, { signal });
      if (json) printJson(stdout, task);
      else stdout.write(`${taskSentence(task)}\n`);
    }
    return EXIT.ok;
  },
});
