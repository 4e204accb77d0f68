import { once } from 'node:events';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { localOptions } from '../serve/local-options.ts';
import { startFault } from '../serve/start-fault.ts';

export default defineCommand({
  summary: 'Run Sluice on this machine until it is stopped',
  description: `Everything is kept in one folder, by default sluice in $XDG_DATA_HOME or ~/.local/share, and survives crashes.

Whoever can reach the server on the loopback interface may use it. At any other address it needs a token: SLUICE_TOKEN (or --token) is that of an admin, a --tokens file is a JSON array of {"token", "user", "roles", "admin"} objects.

Files of this machine (file: URLs) are handed out only from the folders that are shared.

A --config file is a JSON object: queues (name, then settings such as leaseSeconds, maxAttempts, retentionSeconds, concurrency, users), bindings (task name, then queue) and configs (name, then what workers are told). What it does not speak of stays as it is.`,
  options: {
    dir: {
      type: 'string',
      placeholder: 'FOLDER',
      description: 'where everything is kept; made if it is not there',
    },
    host: { type: 'string', default: '127.0.0.1', description: 'the address to listen at' },
    port: {
      type: 'integer',
      max: 65_535,
      default: 8470,
      description: 'the port to listen at; 0 is any free one',
    },
    share: {
      type: 'string',
      placeholder: 'FOLDER',
      multiple: true,
      description: 'a folder whose files may be handed out to workers',
    },
    durability: {
      type: 'choice',
      choices: ['full', 'normal'],
      default: 'full',
      description: 'full survives a power cut; normal is faster and survives a crash of the server',
    },
    tokens: { type: 'string', placeholder: 'FILE', description: 'who may use it' },
    config: {
      type: 'string',
      placeholder: 'FILE',
      description: 'queues of tasks, what is bound to them, and configurations for workers, as JSON',
    },
    publicUrl: {
      type: 'string',
      placeholder: 'URL',
      description: 'how workers reach it, if not at the address it listens at',
    },
  },
  examples: [
    { command: 'sluice serve --share /data', says: 'On a workstation' },
    { command: 'sluice serve --config sluice.json', says: 'With queues of tasks' },
    {
      command: 'SLUICE_TOKEN=$(cat token) sluice serve --host 0.0.0.0',
      says: 'For workers on other machines',
    },
  ],
  async run(context, args) {
    const { stdout, stderr, json, signal } = context;
    const options = await localOptions(context, args);
    const { startLocal } = await import('../../../functions/local.ts');
    const warn = (message: string, error: unknown) =>
      stderr.write(`${message}: ${error instanceof Error ? error.message : error}\n`);
    const sluice = await startLocal({ ...options, warn }).catch(error => {
      throw startFault(error, options);
    });
    const { folder, shares } = options;
    if (json) printJson(stdout, { url: sluice.url, folder, shares });
    stderr.write(`listening at ${sluice.url}, data in ${folder}\n`);
    stderr.write(
      `sharing ${shares.join(', ') || 'no folder; --share has files of this machine handed out'}\n`,
    );
    if (!signal.aborted) await once(signal, 'abort');
    await sluice.close();
    stderr.write('stopped\n');
    return EXIT.ok;
  },
});
