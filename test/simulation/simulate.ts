import { parseArgs } from 'node:util';
import { ALL_FAULTS, BROKEN_PROMISES, isFault } from './faults.ts';
import { reportMutants } from './mutants/report.ts';
import { type Changes, type Kind, type Plan, planOf } from './plan.ts';
import { runPlan } from './run.ts';
import { runSeeds } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import { reportOf, seedsIn, type Tally } from './tally.ts';

const USAGE = `npm run simulate -- [options]
  --seeds N      how many (1000); each is a project, or some tasks
  --seed S       the first seed (1)
  --minutes M    no longer than this
  --only KIND    only seeds of a kind: project or tasks
  --fault NAME   only this fault; may be given several times
  --workers K    so many workers of each
  --threads T    so many seeds at once (1)
  --with JSON    what else differs from the plans of the seeds: {"files": 1}
  --history      print all that happens
  --mutants      break the code in every known way, and say which seed notices
  --mutant TEXT  only in those ways whose names have this text

Faults: ${ALL_FAULTS.join(', ')}
and, only by name, what no port may do: ${BROKEN_PROMISES.join(', ')}`;

/** How often it says how far it is. */
const PACE_MILLIS = 10_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    only: { type: 'string' },
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

/** What all seeds are to be about, if the options say so. */
function kindOf(): Kind | undefined {
  const { only } = values;
  if (only === undefined || only === 'project' || only === 'tasks') return only;
  throw new Error(`--only is project or tasks, and not ${only}`);
}

/** What the options change in every plan. */
function changesOf(): Changes {
  const faults = values.fault.map(name => {
    if (!isFault(name))
      throw new Error(`there is no fault ${name}: ${[...ALL_FAULTS, ...BROKEN_PROMISES].join(', ')}`);
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
  const kind = kindOf();
  const [first, seeds] = [Number(values.seed), Number(values.seeds)];
  if (values.history) {
    for (let n = 0; n < seeds; n += 1) await tell({ ...planOf(first + n, kind), ...changes });
    return;
  }
  const { signal, pace } = ending();
  const { tally, next } = await runSeeds({
    ...{ first, seeds, changes, kind, signal, mostFailures: 10, threads: Number(values.threads) },
    onProgress: pace,
  });
  console.log(reportOf(tally));
  console.log(speedOf(tally));
  const left = first + seeds - next;
  if (left > 0) console.log(`it ended early; the seeds that are left: --seed ${next} --seeds ${left}`);
  await explain(tally, changes, kind);
}

/** When it is to end early, after its minutes or when it is interrupted; and what says from time to time how far it is. */
function ending(): { signal: AbortSignal; pace: (tally: Tally) => void } {
  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  process.once('SIGTERM', () => end.abort());
  const endsAt = values.minutes === undefined ? undefined : Date.now() + Number(values.minutes) * 60_000;
  let toldAt = Date.now();
  let toldFailures = 0;
  const pace = (tally: Tally) => {
    for (const { seed, broken } of tally.failures.slice(toldFailures))
      console.error(`seed ${seed} broke ${broken}`);
    toldFailures = tally.failures.length;
    if (endsAt !== undefined && Date.now() > endsAt) end.abort();
    if (Date.now() - toldAt < PACE_MILLIS) return;
    toldAt = Date.now();
    console.error(
      `${seedsIn(tally)} of ${values.seeds} seeds, ${tally.failures.length} broken; ${speedOf(tally)}`,
    );
  };
  return { signal: end.signal, pace };
}

function speedOf(tally: Tally): string {
  const { user, system } = process.cpuUsage();
  const a = (seconds: number) => (seedsIn(tally) / seconds).toFixed(0);
  return `${a(process.uptime())} seeds a second, ${a((user + system) / 1e6)} a second of CPU`;
}

/** All that happens in one run. */
async function tell(plan: Plan): Promise<void> {
  const { lines, broken, hash } = await runPlan(plan, { isWritten: true });
  console.log([...lines, '', JSON.stringify(plan), hash, ...broken, ''].join('\n'));
}

/** The shortest history found of the first thing that broke, and how to see it again. */
async function explain({ failures }: Tally, changes: Changes, kind?: Kind): Promise<void> {
  for (const { seed, broken } of failures) console.log(`seed ${seed} broke ${broken}`);
  const [first] = failures.toSorted((a, b) => a.seed - b.seed);
  if (!first) return;
  process.exitCode = 1;
  const { plan, lines, broken } = await shrink({ ...planOf(first.seed, kind), ...changes });
  console.log(['', ...lines, '', ...broken].join('\n'));
  const replay = (options: string) => `npm run simulate -- --history --seeds 1 ${options}`;
  const differs = Object.keys(changes).length > 0 ? ` --with '${JSON.stringify(changes)}'` : '';
  console.log(`\nthis, made as small as was found: ${replay(`--with '${JSON.stringify(plan)}'`)}`);
  const only = kind === undefined ? '' : ` --only ${kind}`;
  console.log(`the seed itself: ${replay(`--seed ${first.seed}${only}${differs}`)}`);
}

if (values.help) console.log(USAGE);
else if (values.mutants || values.mutant !== undefined)
  process.exitCode = (await reportMutants(Number(values.threads), values.mutant)) > 0 ? 1 : 0;
else await simulate();
