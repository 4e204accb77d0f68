import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { printJson } from '../print.ts';
import { printSites } from '../sites/print-sites.ts';

export default defineCommand({
  summary: 'Show how near sites are to the locations of files, and what is down',
  description:
    'Smaller is nearer; never means that copies there are not given to workers of the site. The site * stands for all that have no entry of their own.',
  examples: [
    { command: 'sluice site show', says: 'The table' },
    { command: 'sluice site show -j > sites.json', says: 'To change it and set it again' },
  ],
  async run(context) {
    const sites = await clientFor(context).getSites({}, { signal: context.signal });
    if (context.json) printJson(context.stdout, sites);
    else printSites(context.stdout, sites);
    return EXIT.ok;
  },
});
