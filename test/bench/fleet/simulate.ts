import * as z from 'zod';
import { AWS_LAYOUT } from '../../../lib/aws/layout.ts';
import { routes } from '../../../lib/contract/routes.ts';
import { DEFAULT_LANE, type FileSpec } from '../../../lib/contract/words.ts';
import { createProject } from '../../../lib/dispatch/create-project.ts';
import type { Home } from '../../../lib/dispatch/home.ts';
import { loadFiles } from '../../../lib/dispatch/loading.ts';
import { sweep } from '../../../lib/dispatch/sweep.ts';
import { hash64 } from '../../../lib/domain/hash.ts';
import { seededRandom } from '../../support/memory/random.ts';
import { simulatedBucket } from './bucket.ts';
import { EventClock } from './event-clock.ts';
import { Functions } from './functions.ts';
import { simulatedQueues } from './lane.ts';
import { Metered, newMeter } from './meter.ts';
import { type Service, simulatedTable } from './table.ts';
import { CALL, work } from './worker.ts';

const Scenario = z.object({
  files: z.int(),
  workers: z.int(),
  perCall: z.int().describe('Files of one call'),
  seed: z.int(),
  meanSeconds: z.number().describe('Mean of how long a file takes: lognormal'),
  sigma: z.number().describe('Spread of its logarithm'),
  rampSeconds: z.number().describe('Workers begin one after the other within this time'),
  deathsPerHour: z
    .number()
    .describe(
      'Part of the workers that die in an hour; in the place of each another comes ten minutes later',
    ),
  leaseSeconds: z.number(),
  blockBytes: z.int().describe('What a block may take where it is stored'),
});
export type Scenario = z.infer<typeof Scenario>;

/** What came of a scenario. */
export const Outcome = z.object({
  scenario: Scenario,
  state: z.string(),
  loadSeconds: z.number(),
  load: Metered,
  makespanSeconds: z.number().describe('From the first worker to the end of the project'),
  idealSeconds: z
    .number()
    .describe('The same if nothing but the files took time, and all workers ended together'),
  run: Metered,
  deaths: z.int(),
  samples: z
    .array(
      z.object({
        seconds: z.number(),
        done: z.int(),
        inFlight: z.int(),
        conflicts: z.int(),
        waits: z.int(),
      }),
    )
    .describe('How it stood, from time to time'),
});
export type Outcome = z.infer<typeof Outcome>;
type Sample = Outcome['samples'][number];

const SAMPLES = 200;
const REPLACED_AFTER_MILLIS = 600_000;
const BATCH = 1_000;
/** Checking a row, and reading it again to write it: measured, at twice the CPU of one function of Lambda. */
const ROW_MICROS = { checked: 8, read: 6 };

/** Loads a project and lets workers work on it to its end, in virtual time: the use-cases themselves, over a simulated AWS. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const clock = new EventClock();
  const random = seededRandom(scenario.seed);
  let meter = newMeter();
  const service: Service = {
    clock,
    random,
    get meter() {
      return meter;
    },
  };
  const queues = simulatedQueues(service);
  const home = homeOf(service, queues, scenario);
  const functions = new Functions(home, service);
  const sweeper = functions.process();
  let isOver = false;
  const ended = (async () => {
    const begunAt = clock.now();
    const project = await load(sweeper, scenario);
    const loadedAt = clock.now();
    const loadMeter = meter;
    meter = newMeter();
    const run = await runWorkers(scenario, service, functions, project, queues.inFlight, async () => {
      await sweep(sweeper);
    });
    isOver = true;
    return { loadSeconds: (loadedAt - begunAt) / 1000, load: Metered.parse(loadMeter), ...run };
  })();
  // Whoever awaits the outcome hears of it; until then nothing more may happen.
  ended.catch(() => {
    isOver = true;
  });
  await clock.run(() => isOver);
  const outcome = await ended;
  return { scenario, ...outcome, run: Metered.parse(meter) };
}

function homeOf(service: Service, tickets: Home['tickets'], { blockBytes }: Scenario): Home {
  const { clock, random } = service;
  let lastId = 0;
  const none = async () => undefined;
  return {
    store: simulatedTable(service),
    tickets,
    files: simulatedBucket(service),
    clock,
    startJob: none,
    newId: () => {
      lastId += 1;
      return String(lastId);
    },
    random,
    layout: { ...AWS_LAYOUT, blockBytes },
    version: 'fleet',
    warn: (message, error) => console.error(message, error),
  };
}

/** As a manifest is loaded, but for the bytes: rows take their time. */
async function load(context: Parameters<typeof sweep>[0], scenario: Scenario): Promise<number> {
  const { files, leaseSeconds } = scenario;
  const asked = routes.createProject.input.parse({
    ...{ manifest: {}, virtual: true, leaseSeconds, idleSeconds: null },
  });
  const { project } = await createProject(context, CALL, asked);
  const { record } = await context.projects.readNow(project.id);
  await context.clock.sleep((files * ROW_MICROS.checked) / 1000);
  async function* batches(): AsyncGenerator<FileSpec[]> {
    for (let first = 0; first < files; first += BATCH) {
      const count = Math.min(BATCH, files - first);
      await context.clock.sleep((count * ROW_MICROS.read) / 1000);
      yield Array.from({ length: count }, (_, n) => fileOf(first + n));
    }
  }
  const survey = { files, lanes: new Map([[DEFAULT_LANE, files]]) };
  await loadFiles(context, record, survey, batches());
  return project.id;
}

function fileOf(number: number): FileSpec {
  const name = `file-${String(number).padStart(8, '0')}.root`;
  const replicas = [{ url: `https://store.example/mc/${name}`, site: 'FNAL' }];
  return { namespace: 'mc', name, size: 1_000_000 + number, replicas };
}

async function runWorkers(
  scenario: Scenario,
  service: Service,
  functions: Functions,
  project: number,
  inFlight: () => number,
  sweepNow: () => Promise<void>,
) {
  const { clock, random } = service;
  const { files, workers, perCall, leaseSeconds, rampSeconds, deathsPerHour } = scenario;
  const begunAt = clock.now();
  const watcher = functions.process();
  const samples: Sample[] = [];
  let [done, deaths, working, totalMillis] = [0, 0, workers, 0];
  const millisOf = durations(scenario);
  const job = {
    ...{ service, functions, project, perCall, leaseSeconds },
    millisOf: (file: { block: number; slot: number }) =>
      millisOf(file.block * AWS_LAYOUT.maxSlots + file.slot),
    onDone(count: number) {
      done += count;
    },
  };
  for (let file = 0; file < files; file += 1) totalMillis += millisOf(file);

  async function employ(number: number): Promise<void> {
    await clock.sleep(random() * rampSeconds * 1000);
    for (let life = 0; ; life += 1) {
      const hours = deathsPerHour > 0 ? -Math.log(1 - random()) / deathsPerHour : Number.POSITIVE_INFINITY;
      const end = await work(job, `w${number}.${life}`, clock.now() + hours * 3_600_000);
      if (end === 'over') break;
      deaths += 1;
      await clock.sleep(REPLACED_AFTER_MILLIS);
    }
    working -= 1;
  }

  async function sweepMinutely(): Promise<void> {
    while (working > 0) {
      await clock.sleep(60_000);
      await sweepNow();
    }
  }

  const every = Math.max(10_000, (totalMillis / workers / SAMPLES) * 1.2);
  async function sample(): Promise<void> {
    while (working > 0) {
      const { conflicts, waits } = service.meter;
      samples.push({
        seconds: (clock.now() - begunAt) / 1000,
        ...{ done, inFlight: inFlight(), conflicts, waits },
      });
      await clock.sleep(every);
    }
  }

  await Promise.all([
    ...Array.from({ length: workers }, (_, number) => employ(number)),
    sweepMinutely(),
    sample(),
  ]);
  const { record } = await watcher.projects.readNow(project);
  return {
    makespanSeconds: ((record.endedAt ?? clock.now()) - begunAt) / 1000,
    idealSeconds: totalMillis / workers / 1000 + rampSeconds / 2,
    ...{ deaths, samples, state: record.state },
  };
}

/** How long a file takes, by its number: the same in each attempt. */
function durations({ meanSeconds, sigma, seed }: Scenario): (file: number) => number {
  const mu = Math.log(meanSeconds * 1000) - sigma ** 2 / 2;
  return file => {
    const { high, low } = hash64(`${seed}/${file}`);
    const normal = Math.sqrt(-2 * Math.log((high + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * low) / 2 ** 32);
    return Math.ceil(Math.exp(mu + sigma * normal));
  };
}
