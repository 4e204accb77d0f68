import { TASK } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { oneLine } from '../frame/text.ts';
import { printFields, printJson } from '../print.ts';
import { newestLines, taskFields } from '../tasks/task-sentences.ts';

export default defineCommand({
  summary: 'Show a task: how it stands, and what it was asked to do',
  arguments: { task: TASK },
  examples: [
    { command: 'sluice task show juicer-1043', says: 'How far it is' },
    { command: 'sluice task show juicer-1043 -j | jq .result', says: 'What came of it' },
  ],
  async run(context, { task }) {
    const shown = await clientFor(context).showTask({ task }, { signal: context.signal });
    if (context.json) printJson(context.stdout, shown);
    else {
      printFields(context.stdout, taskFields(shown));
      for (const line of newestLines(shown)) context.stdout.write(`  ${oneLine(line)}\n`);
    }
    return EXIT.ok;
  },
});
