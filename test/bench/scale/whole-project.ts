import { routes } from '../../../lib/contract/routes.ts';
import { advance } from '../../../lib/dispatch/advance.ts';
import { type Context, createContext } from '../../../lib/dispatch/context.ts';
import { createProject } from '../../../lib/dispatch/create-project.ts';
import type { Home } from '../../../lib/dispatch/home.ts';
import { runJob } from '../../../lib/dispatch/jobs.ts';
import { loadProject } from '../../../lib/dispatch/load-project.ts';
import { showProject } from '../../../lib/dispatch/show-project.ts';
import { sweep } from '../../../lib/dispatch/sweep.ts';
import { manifestLines } from '../manifest-lines.ts';

const CALL = { caller: { user: 'scale', roles: [], admin: true } };
const PER_CALL = 256;

export interface WholeProject {
  readonly files: number;
  /** Workers that ask beside each other. */
  readonly workers: number;
}

export interface Figures {
  readonly loadSeconds: number;
  readonly runSeconds: number;
  /** How long it takes to count all files. */
  readonly countSeconds: number;
  readonly sweepSeconds: number;
  readonly calls: number;
  /** Files reported by the workers, and how the project ended. */
  readonly done: number;
  readonly state: string;
  readonly counts: { readonly done: number };
}

/** Loads a project, works on all its files 256 at a time, and counts them, by the use-cases themselves. */
export async function wholeProject(home: Home, { files, workers }: WholeProject): Promise<Figures> {
  const context = createContext({ ...home, files: withManifest(home.files, files) });
  const time = stopwatch(home);
  const asked = routes.createProject.input.parse({ manifest: { format: 'ndjson' }, leaseSeconds: 3600 });
  const { id } = (await createProject(context, CALL, asked)).project;
  await loadProject(context, CALL, { project: id });
  await runJob(context, { kind: 'load', project: id });
  const loadSeconds = time();
  await sweep(context);
  const sweepSeconds = time();
  await showProject(context, CALL, { project: id });
  const countSeconds = time();
  const all = await Promise.all(
    Array.from({ length: workers }, (_, number) => work(context, id, `w${number}`)),
  );
  const runSeconds = time();
  const { state, counts } = await showProject(context, CALL, { project: id });
  const sum = (of: (one: { done: number; calls: number }) => number) =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    ...{ loadSeconds, sweepSeconds, countSeconds, runSeconds, state, counts },
    ...{ done: sum(({ done }) => done), calls: sum(({ calls }) => calls) },
  };
}

/** One worker, to the end of the project. */
async function work(context: Context, project: number, worker: string) {
  let done: { token: string }[] = [];
  const sum = { done: 0, calls: 0 };
  for (;;) {
    const reserve = { count: PER_CALL, waitSeconds: 0 };
    const request = { worker, done, failed: [], released: [], reserve, project };
    const { results, next } = await advance(context, CALL, request);
    sum.calls += 1;
    sum.done += results.filter(({ accepted }) => accepted).length;
    if (next?.status === 'done') return sum;
    done = next?.status === 'reserved' ? next.reservations.map(({ token }) => ({ token })) : [];
    if (next?.status === 'wait') await context.clock.sleep(1000);
  }
}

/** Seconds since it was made or last asked. */
function stopwatch({ clock }: Pick<Home, 'clock'>): () => number {
  let since = clock.now();
  return () => {
    const seconds = (clock.now() - since) / 1000;
    since = clock.now();
    return seconds;
  };
}

/** The home's files, and a manifest of so many files that nobody had to upload. */
function withManifest(files: Home['files'], count: number): Home['files'] {
  const isManifest = (key: string) => key.startsWith('manifests/');
  return {
    ...files,
    async open(key) {
      if (!isManifest(key)) return files.open(key);
      return (async function* () {
        yield* manifestLines(count);
      })();
    },
    exists: async key => isManifest(key) || files.exists(key),
  };
}
