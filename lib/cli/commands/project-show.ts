import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printFields, printJson } from '../print.ts';
import { projectFields } from '../project-sentences.ts';

export default defineCommand({
  summary: 'Show a project: its counts and its settings',
  arguments: { project: PROJECT },
  examples: [
    { command: 'sluice project show 12', says: 'How far it is' },
    { command: 'sluice project show 12 -j | jq .counts.failed', says: 'One number of it' },
  ],
  async run(context, { project }) {
    const shown = await clientFor(context).showProject({ project }, { signal: context.signal });
    if (context.json) printJson(context.stdout, shown);
    else printFields(context.stdout, projectFields(shown));
    return EXIT.ok;
  },
});
