import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { markSite } from '../sites/mark-site.ts';

export default defineCommand({
  summary: 'Use no copy at a location until it is up again',
  arguments: { name: { type: 'string', description: 'the location, as replicas name it' } },
  examples: [{ command: 'sluice site down CERN', says: 'The storage there is being repaired' }],
  async run(context, { name }) {
    await markSite(context, name, 'down');
    return EXIT.ok;
  },
});
