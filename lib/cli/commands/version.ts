import manifest from '../../../package.json' with { type: 'json' };
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';

export default defineCommand({
  summary: 'Show the version',
  examples: [{ command: 'sluice --version', says: 'The same, as other programs have it' }],
  async run({ stdout, json }) {
    stdout.write(json ? `${JSON.stringify({ version: manifest.version })}\n` : `${manifest.version}\n`);
    return EXIT.ok;
  },
});
