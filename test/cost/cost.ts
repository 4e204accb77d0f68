import { PRICES } from '../../lib/domain/prices.ts';
import {
  BUDGETS,
  coldPerBlock,
  dollars,
  FILES_PER_CALL,
  type FilesPerCall,
  loadPerBlock,
  naivePerFile,
  perMillionFiles,
  smallProject,
  workPerBlock,
} from './measure.ts';
import type { Bill } from './meter.ts';
import { newPlace, type Place } from './place.ts';
import { dollarsPerMillionTasks, type RunBy, taskBill } from './tasks.ts';

/**
 * What Sluice costs on AWS, counted request by request on an emulator (`AWS_ENDPOINT_URL`), beside the usual design of
 * an item and a message for each file. Its last line has the figures for 1, 10 and 100 files a call.
 */

/** The purposes of a bill as people think of them. */
const PURPOSES: readonly (readonly [RegExp, string])[] = [
  [/^S3 Put/, 'names and index, written'],
  [/^SQS SendMessageBatch/, 'tickets, sent'],
  [/^SQS ReceiveMessage/, 'tickets, received'],
  [/^SQS ChangeMessage/, 'tickets, put back'],
  [/^SQS DeleteMessage/, 'tickets, deleted'],
  [/^S3 Get/, 'names, read'],
  [/^DynamoDB (GetItem|Query) blocks/, 'blocks, read'],
  [/^DynamoDB PutItem blocks/, 'blocks, written'],
  [/closed/, 'closings'],
  [/^Lambda/, 'functions'],
];

interface Row {
  readonly filesPerCall: FilesPerCall;
  readonly work: Bill;
  readonly cold: number;
  readonly small: number;
  readonly naive: number;
}

async function measure(place: Place, filesPerCall: FilesPerCall): Promise<Row> {
  const [work, cold, small, naive] = await Promise.all([
    workPerBlock(place, filesPerCall),
    coldPerBlock(place, filesPerCall),
    smallProject(place, filesPerCall),
    naivePerFile(place, filesPerCall),
  ]);
  return { filesPerCall, work, cold: perMillionFiles(cold), small: small * 1e6, naive: dollars(naive) * 1e6 };
}

function print(load: Bill, rows: readonly Row[]): void {
  const line = (name: string, cells: readonly string[]) =>
    console.log(name.padEnd(52) + cells.map(cell => cell.padStart(11)).join(''));
  const prices = (of: (row: Row) => number) => rows.map(row => `$${of(row).toPrecision(3)}`);
  const total = ({ work }: Row) => perMillionFiles(load, work);

  line(
    'Dollars a million files, at so many files a call',
    rows.map(({ filesPerCall }) => `${filesPerCall}`),
  );
  line('Sluice: submit, reserve and done, in full blocks', prices(total));
  line(
    '  budget',
    prices(({ filesPerCall }) => BUDGETS[filesPerCall]),
  );
  line(
    'an item and a message for each file',
    prices(({ naive }) => naive),
  );
  line(
    'Sluice, a project of 1,000 files',
    prices(({ small }) => small),
  );
  line(
    'Sluice, work in full blocks, each call a cold start',
    prices(({ cold }) => cold),
  );
  console.log('\nWhere it goes, in full blocks');
  for (const [pattern, name] of PURPOSES)
    line(
      `  ${name}`,
      prices(({ work }) => perMillionFiles(only(load, pattern), only(work, pattern))),
    );
  console.log('\nThe same in requests, a block of 256 files');
  for (const [pattern, name] of PURPOSES)
    line(
      `  ${name}`,
      rows.map(({ work }) => `${Number(requests(load, work, pattern).toFixed(4))}`),
    );
  console.log(`\nPrices: ${JSON.stringify(PRICES)}, in dollars a million\n`);
  console.log(`${prices(total).join(' ')} a million files at ${FILES_PER_CALL.join(', ')} files a call`);
}

async function printTasks(place: Place): Promise<void> {
  console.log('Dollars a million tasks: submit, reserve, one update, end');
  const runs: readonly (readonly [RunBy, string])[] = [
    ['worker', '  by a worker that polls'],
    ['function', '  by a function that is given tickets'],
  ];
  for (const [by, name] of runs) {
    const bill = await taskBill(place, by);
    console.log(name.padEnd(52) + `$${dollarsPerMillionTasks(bill, by).toPrecision(3)}`.padStart(11));
  }
  console.log();
}

function only(bill: Bill, pattern: RegExp): Bill {
  return new Map([...bill].filter(([purpose]) => pattern.test(purpose)));
}

function requests(load: Bill, work: Bill, pattern: RegExp): number {
  const taken = [...only(load, pattern).values(), ...only(work, pattern).values()];
  return taken.reduce((sum, { requests }) => sum + requests, 0);
}

const place = await newPlace();
try {
  await printTasks(place);
  const load = await loadPerBlock(place);
  print(load, await Promise.all(FILES_PER_CALL.map(filesPerCall => measure(place, filesPerCall))));
} finally {
  await place.remove();
}
