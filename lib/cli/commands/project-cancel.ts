import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { projectSentence } from '../project-sentences.ts';

export default defineCommand({
  summary: 'Stop handing out files of a project',
  description:
    'Workers hear of it at their next heartbeat; what they still report counts. The project can be activated again.',
  arguments: { project: PROJECT },
  examples: [{ command: 'sluice project cancel 12', says: 'Stop it' }],
  async run(context, { project }) {
    const request = { project, requestId: crypto.randomUUID() };
    const cancelled = await clientFor(context).cancelProject(request, { signal: context.signal });
    if (context.json) printJson(context.stdout, cancelled);
    else context.stdout.write(`${projectSentence(cancelled)}\n`);
    return EXIT.ok;
  },
});
