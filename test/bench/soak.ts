import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Client, createClient } from '../../lib/client/index.ts';
import { nextMessage, start, stop } from './processes.ts';

const USAGE = `npm run soak -- [options]
  Lets workers create projects, go through their files and delete them, then submit tasks, run and delete them, again
  and again, and looks whether the server's memory stays where it is.
  --minutes M    how long (30)
  --workers N    how many at once (8)
  --bytes B      most bytes by which the heap may grow with each round, once warm (200)
The record of a deleted project is kept for 15 minutes, so that the server is warm after 17. In a shorter run, whose
second half is judged, it counts with some 2,000 bytes a round.`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    workers: { type: 'string', default: '8' },
    bytes: { type: 'string', default: '200' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.error(USAGE);
  process.exit(2);
}

const FILES = 200;
const TASKS = 40;
const PER_CALL = 10;
const SAMPLES = 60;
const WARM_UP_MINUTES = 17;
/** The heap varies by this much from look to look; growth that is less in all is none. */
const NOISE_BYTES = 1_000_000;

/** The server's memory in bytes, the heap after a collection. */
const Memory = z.object({ heap: z.number(), rss: z.number() });
interface Sample extends z.infer<typeof Memory> {
  readonly minutes: number;
  /** Of a project and tasks each, which are deleted by now. */
  readonly rounds: number;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-soak-'));
const server = start('sluice-server.ts', [folder, 'normal'], ['--expose-gc']);
try {
  const { url } = await nextMessage(server);
  const samples = await soak(createClient({ server: String(url) }), Number(values.minutes));
  const warmAt = Math.min(WARM_UP_MINUTES, Number(values.minutes) / 2);
  process.exitCode = judge(samples.filter(({ minutes }) => minutes >= warmAt)) ? 0 : 1;
} finally {
  await stop(server);
  await rm(folder, { recursive: true });
}

/** Works until the time is up, and looks at the server's memory meanwhile. */
async function soak(client: Client, minutes: number): Promise<Sample[]> {
  const begun = performance.now();
  const isOver = () => performance.now() - begun > minutes * 60_000;
  let rounds = 0;
  const working = Array.from({ length: Number(values.workers) }, async (_, n) => {
    const worker = `worker-${n}`;
    await client.putQueue({
      queue: worker,
      concurrency: n % 2 === 0 ? null : PER_CALL,
      retryBackoffSeconds: 0,
    });
    for (; !isOver(); rounds += 1) {
      await workThrough(client, worker);
      await runTasks(client, worker);
    }
  });
  const all = Promise.all(working);
  const samples: Sample[] = [];
  while (!isOver()) {
    await Promise.race([sleep((minutes * 60_000) / SAMPLES), all]);
    const sample = { ...(await memory()), minutes: (performance.now() - begun) / 60_000, rounds };
    samples.push(sample);
    print(sample);
  }
  await all;
  return samples;
}

async function memory(): Promise<z.infer<typeof Memory>> {
  const answer = nextMessage(server);
  server.send('memory');
  return Memory.parse(await answer);
}

function print({ minutes, rounds, heap, rss }: Sample): void {
  const figures = [
    `${minutes.toFixed(1)} min`,
    `${rounds} rounds`,
    `heap ${mb(heap)} MB`,
    `RSS ${mb(rss)} MB`,
  ];
  console.log(figures.join('  '));
}

function mb(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

/** The whole life of a project: its files are done, some at their second attempt; then it is deleted. */
async function workThrough(client: Client, worker: string): Promise<void> {
  const files = Array.from({ length: FILES }, (_, n) => ({ name: `file-${n}` }));
  const created = await client.createProject({ virtual: true, files, retryBackoffSeconds: 0 });
  const project = created.project.id;
  let reply = await client.reserve({ project, worker, count: PER_CALL });
  while (reply.status === 'reserved') {
    const [first, ...others] = reply.reservations;
    const failed = first?.attempt === 1 ? [{ token: first.token }] : [];
    const done = (failed.length > 0 ? others : reply.reservations).map(({ token }) => token);
    const { next } = await client.advance({ project, worker, done, failed, reserve: { count: PER_CALL } });
    if (!next) throw new Error(`project ${project} was not asked for more files`);
    reply = next;
  }
  if (reply.status !== 'done') throw new Error(`project ${project} has no files, and no end`);
  await client.deleteProject({ project });
}

/** The whole life of tasks on the worker's own queue: told of, tried again, ended, and deleted. */
async function runTasks(client: Client, worker: string): Promise<void> {
  const tasks = Array.from({ length: TASKS }, (_, n) => ({
    ...{ name: 'soak', queue: worker, args: { n } },
    ...(n === 0 && { dedupKey: 'first' }),
  }));
  const submitted = await client.submitTasks({ tasks });
  for (let ended = 0; ended < TASKS; ) {
    const reply = await client.reserveTasks({ worker, queues: [worker], count: PER_CALL, waitSeconds: 5 });
    if (reply.status !== 'reserved')
      throw new Error(`queue ${worker} has no tasks after ${ended} of ${TASKS}`);
    for (const { token, task } of reply.tasks) {
      await client.updateTask({ token, event: { n: task.attempt }, progress: { current: 1 } });
      const isTriedAgain = task.attempt === 1 && task.args.n === 1;
      if (isTriedAgain) await client.endTask({ token, outcome: 'failed', error: { message: 'once more' } });
      else await client.endTask({ token, outcome: 'succeeded', result: { ok: true } });
      if (!isTriedAgain) ended += 1;
    }
  }
  for (const { id } of submitted.tasks) await client.deleteTask({ task: id });
}

/** Whether the memory stayed within bounds: the slope of the heap over the rounds, by least squares. */
function judge(samples: readonly Sample[]): boolean {
  const slope = slopeOf(samples.map(({ rounds, heap }) => [rounds, heap]));
  const perMinute = slopeOf(samples.map(({ minutes, rss }) => [minutes, rss]));
  const rounds = (samples.at(-1)?.rounds ?? 0) - (samples[0]?.rounds ?? 0);
  const isFlat = slope <= Number(values.bytes) || slope * rounds < NOISE_BYTES;
  console.log(
    `${rounds} rounds once warm: ${slope.toFixed(0)} bytes of heap a round (at most ${values.bytes}): ${isFlat ? 'flat' : 'NOT FLAT'}; RSS ${mb(perMinute)} MB a minute`,
  );
  return isFlat;
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
