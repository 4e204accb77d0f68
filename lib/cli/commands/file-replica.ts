import { DID, PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { fileFields } from '../file-sentences.ts';
import { defineCommand } from '../frame/command.ts';
import { printFields, printJson } from '../print.ts';

export default defineCommand({
  summary: 'Say whether a copy of a file can be used',
  description:
    'A file whose copies are all down is not handed out until one is up. To take a whole location out of use, see `sluice site down`.',
  arguments: {
    project: PROJECT,
    did: DID,
    url: { type: 'string', description: 'the copy, as `sluice file show` has it' },
    is: { type: 'choice', choices: ['up', 'down'], description: 'whether it can be used: up or down' },
  },
  examples: [
    { command: 'sluice file replica 12 raw:run7.root https://host/run7.root down', says: 'A copy is lost' },
  ],
  async run(context, { project, did, url, is }) {
    const wanted = { project, did, url, available: is === 'up' };
    const file = await clientFor(context).setReplica(wanted, { signal: context.signal });
    if (context.json) printJson(context.stdout, file);
    else printFields(context.stdout, fileFields(file));
    return EXIT.ok;
  },
});
