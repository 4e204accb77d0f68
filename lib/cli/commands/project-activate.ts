import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { projectSentence } from '../project-sentences.ts';

export default defineCommand({
  summary: 'Go on with a cancelled or abandoned project',
  arguments: { project: PROJECT },
  examples: [{ command: 'sluice project activate 12', says: 'Hand out its files again' }],
  async run(context, { project }) {
    const request = { project, requestId: crypto.randomUUID() };
    const activated = await clientFor(context).activateProject(request, { signal: context.signal });
    if (context.json) printJson(context.stdout, activated);
    else context.stdout.write(`${projectSentence(activated)}\n`);
    return EXIT.ok;
  },
});
