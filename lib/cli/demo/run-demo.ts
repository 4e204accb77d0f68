import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Client, UnreachableError } from '../../client/index.ts';
import type { RouteReply } from '../../contract/routes.ts';
import type { Context } from '../frame/context.ts';
import { Progress } from '../frame/progress.ts';
import { Children, outputOf } from './children.ts';
import { makeFiles } from './real-files.ts';
import type { Stage } from './stage.ts';
import { wrongChecksums } from './verify.ts';

type Project = RouteReply<'showProject'>;

export interface DemoResult {
  readonly project: Project;
  readonly wrong: readonly string[];
  readonly seconds: number;
}

interface DemoSize {
  readonly files: number;
  readonly workers: number;
}

/** Opens the stage; `folder` is the demo's own, the files are in its `data`. */
type OpenStage = (context: Context, children: Children, folder: string) => Promise<Stage>;

const POLL_MILLIS = 100;

/** A day in the life of a project: real files, real processes, real crashes. */
export async function runDemo(
  context: Context,
  { files, workers }: DemoSize,
  open: OpenStage,
): Promise<DemoResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  const children = new Children();
  const say = (text: string) => context.stderr.write(`${text}\n`);
  const begin = context.now();
  let stage: Stage | undefined;
  try {
    const data = join(folder, 'data');
    await mkdir(data);
    const making = new Progress(context, 'making files');
    const sums = await makeFiles(data, files, made => making.update({ done: made, total: files }));
    making.finish();

    stage = await open(context, children, folder);
    const { client, leaseSeconds } = stage;
    const list = await stage.publish(data, [...sums.keys()]);
    const create = ['project', 'create', ...list, '--lease', `${leaseSeconds}s`];
    say(`$ sluice ${create.join(' ')}`);
    const project = Number(await outputOf(children.sluice(...create, '--server', client.server)));
    say(`${project}\n${workers} workers begin`);
    const working = Array.from({ length: workers }, (_, n) => ({
      name: `worker-${n + 1}`,
      child: children.worker(client.server, project, `worker-${n + 1}`),
    }));
    const killWorker = async () => {
      const worker = working.shift();
      if (!worker) return;
      await children.crash(worker.child);
      say(
        `  ${worker.name} was killed with -9; its files come back when its lease of ${leaseSeconds} s is over`,
      );
    };

    const { goWrong } = stage;
    const ended = await watch(context, client, project, [
      { after: 0.3, happen: killWorker },
      { after: 0.6, happen: () => goWrong(killWorker, say) },
    ]);
    const checking = new Progress(context, 'verifying');
    const wrong = await wrongChecksums(client, project, sums, done =>
      checking.update({ done, total: files }),
    );
    checking.finish();
    return { project: ended, wrong, seconds: (context.now() - begin) / 1000 };
  } finally {
    await children.endAll();
    await stage?.close();
    await rm(folder, { recursive: true, force: true });
  }
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
