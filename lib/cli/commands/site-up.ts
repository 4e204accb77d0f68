import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { markSite } from '../sites/mark-site.ts';

export default defineCommand({
  summary: 'Use the copies at a location again',
  arguments: { name: { type: 'string', description: 'the location, as replicas name it' } },
  examples: [{ command: 'sluice site up CERN', says: 'The copies there can be used again' }],
  async run(context, { name }) {
    await markSite(context, name, 'up');
    return EXIT.ok;
  },
});
