import { Sites } from '../../contract/sites.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { readText } from '../local-files.ts';
import { printJson } from '../print.ts';
import { readJson } from '../read-json.ts';
import { printSites } from '../sites/print-sites.ts';
import { readProximityCsv } from '../sites/proximity-csv.ts';

export default defineCommand({
  summary: 'Replace the table of sites',
  description: `From JSON as \`sluice site show --json\` prints it, or from CSV: a matrix, whose first row has the locations and whose first column the sites, or lines of site,location,proximity. A cell is a number, never (or a negative number, which means the same), or empty. The site DEFAULT, or *, stands for all.

A CSV says nothing of what is down, so that stays as it is.`,
  arguments: { file: { type: 'string', description: 'the file; - is standard input' } },
  examples: [
    { command: 'sluice site set proximity.csv', says: 'A table that is kept in a spreadsheet' },
    { command: "sluice site show -j | jq '.default = 50' | sluice site set -", says: 'A small change' },
  ],
  async run(context, { file }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const text = await readText(context, file);
    const name = file === '-' ? 'standard input' : file;
    const sites = text.trimStart().startsWith('{')
      ? readJson(Sites, text, name)
      : { ...(await client.getSites({}, { signal })), ...readProximityCsv(text, name) };
    const set = await client.putSites(sites, { signal });
    if (json) printJson(stdout, set);
    else printSites(stdout, set);
    return EXIT.ok;
  },
});
