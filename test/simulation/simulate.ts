import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ALL_FAULTS, isFault } from './faults.ts';
import { reportMutants } from './mutants/report.ts';
import { type Plan, planOf } from './plan.ts';
import { type Range, runRange } from './range.ts';
import { runPlan } from './run.ts';
import { shrink } from './shrink.ts';
import { merge, newTally, reportOf, type Tally } from './tally.ts';

const USAGE = `npm run simulate -- [options]
  --seeds N      how many projects (1000)
  --seed S       the first seed (1)
  --minutes M    no longer than this
  --fault NAME   only this fault; may be given several times
  --workers K    so many workers in each project
  --threads T    so many seeds at once (1)
  --with JSON    what else differs from the plans of the seeds: {"files": 1}
  --history      print all that happens
  --mutants      break the code in every known way, and say which seed notices
  --mutant TEXT  only in those ways whose names have this text

Faults: ${ALL_FAULTS.join(', ')}`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    fault: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string' },
    threads: { type: 'string', default: '1' },
    with: { type: 'string', default: '{}' },
    history: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** What the options change in every plan. */
function changesOf(): Partial<Plan> {
  const faults = values.fault.map(name => {
    if (!isFault(name)) throw new Error(`there is no fault ${name}: ${ALL_FAULTS.join(', ')}`);
    return name;
  });
  const others: unknown = JSON.parse(values.with);
  return {
    ...(typeof others === 'object' && others),
    ...(faults.length > 0 && { faults }),
    ...(values.workers !== undefined && { workers: Number(values.workers) }),
  };
}

async function simulate(): Promise<void> {
  const changes = changesOf();
  const [seed, seeds, threads] = [Number(values.seed), Number(values.seeds), Number(values.threads)];
  if (values.history) {
    for (let n = 0; n < seeds; n += 1) await tell({ ...planOf(seed + n), ...changes });
    return;
  }
  const begun = performance.now();
  const endsAt =
    values.minutes === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + Number(values.minutes) * 60_000;
  const share = (n: number): Range => ({
    ...{ first: seed + n, step: threads, endsAt, changes, mostFailures: 10 },
    seeds: Math.floor((seeds + threads - 1 - n) / threads),
  });
  const tally = newTally();
  const shares = Array.from({ length: threads }, (_, n) => share(n));
  const tallies = threads === 1 ? [runRange(share(0))] : shares.map(inThread);
  for (const part of await Promise.all(tallies)) merge(tally, part);
  console.log(reportOf(tally, (performance.now() - begun) / 1000));
  await explain(tally, changes);
}

function inThread(range: Range): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData: range });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

/** All that happens in one run. */
async function tell(plan: Plan): Promise<void> {
  const { lines, broken, hash } = await runPlan(plan, { isWritten: true });
  console.log([...lines, '', JSON.stringify(plan), hash, ...broken, ''].join('\n'));
}

/** The shortest history found of the first thing that broke, and how to see it again. */
async function explain({ failures }: Tally, changes: Partial<Plan>): Promise<void> {
  for (const { seed, broken } of failures) console.log(`seed ${seed} broke ${broken}`);
  const [first] = failures.toSorted((a, b) => a.seed - b.seed);
  if (!first) return;
  process.exitCode = 1;
  const { plan, lines, broken } = await shrink({ ...planOf(first.seed), ...changes });
  console.log(['', ...lines, '', ...broken].join('\n'));
  const replay = (options: string) => `npm run simulate -- --history --seeds 1 ${options}`;
  const differs = Object.keys(changes).length > 0 ? ` --with '${JSON.stringify(changes)}'` : '';
  console.log(`\nthis, made as small as was found: ${replay(`--with '${JSON.stringify(plan)}'`)}`);
  console.log(`the seed itself: ${replay(`--seed ${first.seed}${differs}`)}`);
}

if (values.help) console.log(USAGE);
else if (values.mutants || values.mutant !== undefined)
  process.exitCode = (await reportMutants(Number(values.threads), values.mutant)) > 0 ? 1 : 0;
else await simulate();
