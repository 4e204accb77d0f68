import type { Project } from '../../contract/projects.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { confirmed } from '../confirmed.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { oneLine } from '../frame/text.ts';
import { plural } from '../plural.ts';
import { printJson } from '../print.ts';

export default defineCommand({
  summary: 'Delete a project and all that is kept of it',
  description:
    'Its files themselves are not touched; the outputs that workers left with Sluice are deleted. Asks first on a terminal; elsewhere it must be told --yes.',
  arguments: { project: PROJECT },
  options: { yes: { type: 'boolean', short: 'y', description: 'do not ask' } },
  exits: ['no'],
  examples: [{ command: 'sluice project delete 12 --yes', says: 'In a script' }],
  async run(context, { project, yes }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const details = async () => detailsOf(await client.showProject({ project }, { signal }));
    if (!yes && !(await confirmed(context, `delete project ${project}`, await details()))) {
      context.stderr.write(`project ${project} stays\n`);
      return EXIT.no;
    }
    const reply = await client.deleteProject({ project }, { signal });
    if (json) printJson(stdout, reply);
    else stdout.write(`project ${project} is deleted\n`);
    return EXIT.ok;
  },
});

function detailsOf({ title, files, state }: Project): string {
  const called = title === '' ? '' : ` "${oneLine(title)}"`;
  return `${called}, ${plural(files, 'file')}, ${state}`;
}
