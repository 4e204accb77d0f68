import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { attributesOf, SETTINGS } from '../create/settings.ts';
import { orDelete, untilLoaded } from '../create/until-loaded.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Create a project of the files of another, and print its number',
  description:
    'All its files are ready. It is yours, and has the settings, users and roles of the other; attributes given here are added to those of the other, or replace them.',
  arguments: { project: PROJECT },
  options: {
    title: { type: 'string', description: 'another title' },
    attribute: SETTINGS.attribute,
    fileAttribute: SETTINGS.fileAttribute,
    lease: { type: 'duration', or: 'none', description: 'another length of its leases' },
    idle: { type: 'duration', or: 'none', description: 'another idle time' },
  },
  examples: [
    { command: 'sluice project copy 12 --title "second pass"', says: 'The same once more' },
    { command: 'id=$(sluice project copy 12 --file-attribute pass=2)', says: 'With another parameter' },
  ],
  async run(context, { project, title, attribute, fileAttribute, lease, idle }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const { id } = await client.copyProject(
      {
        project,
        title,
        attributes: attributesOf(attribute, '--attribute'),
        fileAttributes: attributesOf(fileAttribute, '--file-attribute'),
        leaseSeconds: lease === 'none' ? null : lease,
        idleSeconds: idle === 'none' ? null : idle,
      },
      { signal },
    );
    const copy = await orDelete(context, client, id, () => untilLoaded(context, client, id));
    if (json) printJson(stdout, copy);
    else stdout.write(`${id}\n`);
    return EXIT.ok;
  },
});
