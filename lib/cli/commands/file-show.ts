import { DID, PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { fileFields } from '../file-sentences.ts';
import { defineCommand } from '../frame/command.ts';
import { printFields, printJson } from '../print.ts';

export default defineCommand({
  summary: 'Show one file of a project',
  description: 'Its state, its replicas, who holds it, its last failure, and where its output is.',
  arguments: { project: PROJECT, did: DID },
  examples: [{ command: 'sluice file show 12 raw:run7.root', says: 'How it stands' }],
  async run(context, { project, did }) {
    const file = await clientFor(context).showFile({ project, did }, { signal: context.signal });
    if (context.json) printJson(context.stdout, file);
    else printFields(context.stdout, fileFields(file));
    return EXIT.ok;
  },
});
