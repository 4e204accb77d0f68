import type { ProjectCost } from '../../contract/projects.ts';
import { PROJECT } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { formatCount } from '../frame/quantity.ts';
import { type Field, printFields, printJson } from '../print.ts';

export default defineCommand({
  summary: 'What a project will cost on AWS, and about what it has cost',
  description:
    'Expected is what it costs to load the project and to do each file once. So far is an estimate: the writes of its blocks are counted, and what comes with them is reckoned. Reads of files, logs and storage are not in it.',
  arguments: { project: PROJECT },
  options: {
    'files-per-call': {
      type: 'integer',
      min: 1,
      default: 1,
      description: 'how many files workers report and reserve at a time',
    },
  },
  examples: [
    { command: 'sluice project cost 12', says: 'A file a call, as most workers do' },
    { command: 'sluice project cost 12 --files-per-call 100', says: 'For workers with short files' },
  ],
  async run(context, { project, 'files-per-call': filesPerCall }) {
    const cost = await clientFor(context).projectCost({ project, filesPerCall }, { signal: context.signal });
    if (context.json) printJson(context.stdout, cost);
    else printFields(context.stdout, fieldsOf(cost));
    return EXIT.ok;
  },
});

function fieldsOf(cost: ProjectCost): Field[] {
  const { isPaid, filesPerCall, expectedDollars, soFarDollars, blockWrites } = cost;
  return [
    ['paid', isPaid ? 'to AWS' : 'nothing: it runs on your machine; AWS would take'],
    ['expected', `${formatDollars(expectedDollars)} at ${formatCount(filesPerCall)} files a call`],
    ['so far', `about ${formatDollars(soFarDollars)}, by ${formatCount(blockWrites)} writes of blocks`],
  ];
}

/** Cents as usual; of less than ten the first two digits that count. */
function formatDollars(dollars: number): string {
  return `$${dollars >= 0.1 || dollars < 1e-6 ? dollars.toFixed(2) : dollars.toPrecision(2)}`;
}
