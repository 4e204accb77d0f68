import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type LambdaFunction, verbFunction } from '../../functions/lambda/verb-function.ts';
import { verbs } from '../../functions/verbs.ts';
import { awsClients, connect } from '../../functions/wiring.ts';
import type { FileSpec } from '../../lib/contract/words.ts';
import { type Context, createContext } from '../../lib/dispatch/context.ts';
import type { Layout } from '../../lib/dispatch/home.ts';
import { loadFiles, surveyFiles } from '../../lib/dispatch/loading.ts';
import { type Bill, Meter } from './meter.ts';
import type { Place } from './place.ts';

const TICKETS_REST_MILLIS = 31_000;

/** A process of Sluice as it is deployed, with a meter between it and AWS. */
export interface MeteredSluice {
  readonly context: Context;
  readonly meter: Meter;
  /** A function that answers every verb. */
  readonly api: LambdaFunction;
}

export function meteredSluice(
  place: Place,
  layout: Partial<Layout> = {},
  meter: Meter = new Meter(),
): MeteredSluice {
  const clients = awsClients(place.environment);
  meter.watchDynamo(clients.dynamo);
  meter.watchSqs(clients.sqs);
  meter.watchS3(clients.s3);
  const home = connect(place.environment, clients);
  const context = createContext({ ...home, layout: { ...home.layout, ...layout } });
  const access = { admins: new Set<string>() };
  const api = verbFunction(
    verbs,
    () => context,
    () => access,
  );
  return { context, meter, api };
}

const Created = z.object({ project: z.object({ id: z.number() }) });
const Advanced = z.object({
  next: z.object({
    status: z.enum(['reserved', 'done', 'wait']),
    reservations: z.array(z.object({ token: z.string() })).default([]),
  }),
});

/** Creates a project that waits for its files; answers its id. */
export async function create({ api }: MeteredSluice): Promise<number> {
  return Created.parse(await api({ verb: 'createProject', manifest: { format: 'ndjson' } })).project.id;
}

/** Loads a project as the job does once the manifest is checked; answers its id. */
export async function load(sluice: MeteredSluice, files: readonly FileSpec[]): Promise<number> {
  const id = await create(sluice);
  const { record } = await sluice.context.projects.readNow(id);
  await loadFiles(sluice.context, record, surveyFiles(files), [files]);
  return id;
}

/** What it takes to load so many full blocks. */
export async function loadBill(place: Place, blocks: number): Promise<Bill> {
  const sluice = meteredSluice(place, { ways: blocks });
  await load(sluice, place.filesOf(blocks * sluice.context.layout.maxSlots));
  return sluice.meter.bill();
}

/** What the work on so many full blocks takes. `isCold`: each call meets a process that knows nothing. */
export async function workBill(
  place: Place,
  blocks: number,
  filesPerCall: number,
  { isCold = false } = {},
): Promise<Bill> {
  const sluice = meteredSluice(place, { ways: blocks });
  const files = blocks * sluice.context.layout.maxSlots;
  const project = await load(sluice, place.filesOf(files));
  sluice.meter.bill();
  const next = isCold ? () => meteredSluice(place, { ways: blocks }, sluice.meter) : () => sluice;
  await work(next, project, files, filesPerCall);
  return sluice.meter.bill();
}

/** What a whole project takes, loaded and done. */
export async function runProject(place: Place, files: number, filesPerCall: number): Promise<Bill> {
  const sluice = meteredSluice(place);
  await work(() => sluice, await load(sluice, place.filesOf(files)), files, filesPerCall);
  return sluice.meter.bill();
}

/**
 * One worker does a whole project. Before it reports the last files, the tickets of blocks that are closed come up, and
 * are cleared away by a worker who finds nothing.
 */
async function work(
  process: () => MeteredSluice,
  project: number,
  files: number,
  filesPerCall: number,
): Promise<void> {
  let left = files;
  for (let done: string[] = []; ; ) {
    left -= done.length;
    const { next } = await advance(process(), project, 'node-1234', done, filesPerCall);
    if (next.status === 'done') return;
    done = next.reservations.map(({ token }) => token);
    if (done.length === 0) throw new Error(`a worker was given nothing though ${left} files are left`);
    if (done.length < left) continue;
    await sleep(TICKETS_REST_MILLIS);
    await advance(process(), project, 'node-5678', [], 1);
  }
}

async function advance(
  { api, meter }: MeteredSluice,
  project: number,
  worker: string,
  done: readonly string[],
  count: number,
) {
  meter.called(done.length);
  return Advanced.parse(await api({ verb: 'advance', project, worker, done, reserve: { count } }));
}
