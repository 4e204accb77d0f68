import { createInterface } from 'node:readline';
import type { Project } from '../../contract/projects.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { CliError } from '../frame/errors.ts';
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
    if (!yes && !(await confirmed(context, await client.showProject({ project }, { signal })))) {
      context.stderr.write(`project ${project} stays\n`);
      return EXIT.no;
    }
    const reply = await client.deleteProject({ project }, { signal });
    if (json) printJson(stdout, reply);
    else stdout.write(`project ${project} is deleted\n`);
    return EXIT.ok;
  },
});

async function confirmed(context: Context, { id, title, files, state }: Project): Promise<boolean> {
  const input = context.stdin();
  if (!input.isTTY) {
    throw new CliError(EXIT.usage, 'usage', `to delete project ${id} where nobody can be asked, give --yes`);
  }
  const called = title === '' ? '' : ` "${oneLine(title)}"`;
  context.stderr.write(`delete project ${id}${called}, ${plural(files, 'file')}, ${state}? [y/N] `);
  const lines = createInterface({ input, signal: context.signal });
  for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
  context.signal.throwIfAborted();
  return false;
}
