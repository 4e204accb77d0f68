import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Client, createClient, UnreachableError } from '../../client/index.ts';
import type { RouteReply } from '../../contract/routes.ts';
import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import { Children, freePort, outputOf } from './children.ts';
import { makeFiles } from './real-files.ts';
import { untilThere } from './until-there.ts';
import { wrongChecksums } from './verify.ts';

type Project = RouteReply<'showProject'>;

export interface DemoResult {
  readonly project: Project;
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** The killed worker's files come back after this. */
const LEASE_SECONDS = 5;
const POLL_MILLIS = 100;

/** A day in the life of a project, in half a minute: real files, real processes, real crashes. */
export async function runDemo(context: Context, files: number, workers: number): Promise<DemoResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  const children = new Children();
  const say = (text: string) => context.stderr.write(`${text}\n`);
  const begin = context.now();
  try {
    const data = join(folder, 'data');
    await mkdir(data);
    const making = new Progress(context, 'making files');
    const sums = await makeFiles(data, files, made => making.update({ done: made, total: files }));
    making.finish();

    const port = String(await freePort());
    const client = createClient({ server: `http://127.0.0.1:${port}` });
    const serve = () =>
      children.sluice('serve', '--dir', join(folder, 'sluice'), '--share', data, '--port', port);
    say(`$ sluice serve --share ${data} --port ${port}`);
    let server = serve();
    await untilThere(client, context.signal);

    say(`$ sluice project create --dir ${data} --lease ${LEASE_SECONDS}s`);
    const create = [
      'project',
      'create',
      '--dir',
      data,
      '--lease',
      `${LEASE_SECONDS}s`,
      '--server',
      client.server,
    ];
    const project = Number(await outputOf(children.sluice(...create)));
    say(`${project}\n${workers} workers begin`);
    const started = Array.from({ length: workers }, (_, n) =>
      children.worker(client.server, project, `worker-${n + 1}`),
    );

    const ended = await watch(context, client, project, [
      { after: 0.3, happen: () => killWorker(children, started[0], say) },
      {
        after: 0.6,
        happen: async () => {
          await children.crash(server);
          say('  the server was killed with -9 and is started again');
          server = serve();
        },
      },
    ]);
    const checking = new Progress(context, 'verifying');
    const wrong = await wrongChecksums(client, project, sums, done =>
      checking.update({ done, total: files }),
    );
    checking.finish();
    return { project: ended, wrong, seconds: (context.now() - begin) / 1000 };
  } finally {
    await children.endAll();
    await rm(folder, { recursive: true, force: true });
  }
}

async function killWorker(children: Children, worker: ChildProcess | undefined, say: (text: string) => void) {
  if (!worker) return;
  await children.crash(worker);
  say(`  worker-1 was killed with -9; its files come back when its lease of ${LEASE_SECONDS} s is over`);
}

interface Incident {
  /** The share of files done after which it happens. */
  readonly after: number;
  readonly happen: () => Promise<void>;
}

/** Shows the project's progress until it has ended, and lets things go wrong on the way. */
async function watch(context: Context, client: Client, id: number, incidents: Incident[]): Promise<Project> {
  const progress = new Progress(context, `project ${id}`);
  for (;;) {
    const project = await showIfThere(client, id);
    if (project) {
      const { done, failed, reserved } = project.counts;
      progress.update({ done: done + failed, total: project.files, notes: { reserved } });
      if (project.state !== 'active') {
        progress.finish();
        return project;
      }
      const [incident] = incidents;
      if (incident && done >= incident.after * project.files) {
        incidents.shift();
        progress.clear();
        await incident.happen();
      }
    }
    await setTimeout(POLL_MILLIS, undefined, { signal: context.signal });
  }
}

async function showIfThere(client: Client, project: number): Promise<Project | undefined> {
  try {
    return await client.showProject({ project });
  } catch (error) {
    if (error instanceof UnreachableError) return undefined;
    throw error;
  }
}
