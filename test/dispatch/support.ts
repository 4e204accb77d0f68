import type { z } from 'zod';
import { routes } from '../../lib/contract/routes.ts';
import type { Move } from '../../lib/contract/words.ts';
import { activateProject } from '../../lib/dispatch/activate-project.ts';
import { advance } from '../../lib/dispatch/advance.ts';
import { cancelProject } from '../../lib/dispatch/cancel-project.ts';
import { type Call, type Context, createContext } from '../../lib/dispatch/context.ts';
import { copyProject } from '../../lib/dispatch/copy-project.ts';
import { createProject } from '../../lib/dispatch/create-project.ts';
import { deleteProject } from '../../lib/dispatch/delete-project.ts';
import { heartbeat } from '../../lib/dispatch/heartbeat.ts';
import { held } from '../../lib/dispatch/held.ts';
import { runJob } from '../../lib/dispatch/jobs.ts';
import { listFiles } from '../../lib/dispatch/list-files.ts';
import { loadProject } from '../../lib/dispatch/load-project.ts';
import { done, failed, release } from '../../lib/dispatch/report.ts';
import { reserve } from '../../lib/dispatch/reserve.ts';
import { restartProject } from '../../lib/dispatch/restart-project.ts';
import { setReplica } from '../../lib/dispatch/set-replica.ts';
import { showFile } from '../../lib/dispatch/show-file.ts';
import { showProject } from '../../lib/dispatch/show-project.ts';
import { putSites } from '../../lib/dispatch/sites.ts';
import { sweep } from '../../lib/dispatch/sweep.ts';
import { Crash, type HomeOptions, memoryHome } from '../support/memory-home.ts';

const OWNER: Call = { caller: { user: 'ann', roles: [], admin: true } };

/** A process of Sluice: the use-cases over a home in memory, asked as the owner of all projects would. */
export function startProcess(options: HomeOptions = {}) {
  const home = memoryHome(options);
  const context = createContext(home);

  /** A use-case with its input checked and completed as over HTTP. */
  const verb =
    <I extends z.ZodType<object>, R>(
      { input }: { input: I },
      useCase: (context: Context, call: Call, request: z.output<I> & { project: number }) => Promise<R>,
    ) =>
    (project: number, asked: z.input<I>, signal?: AbortSignal): Promise<R> =>
      useCase(context, { ...OWNER, signal }, { ...input.parse(asked), project });

  return {
    home,
    context,
    world: home.world,
    /** Answers the project's id. */
    async create(asked: z.input<typeof routes.createProject.input>): Promise<number> {
      const request = routes.createProject.input.parse(asked);
      const { project } = await createProject(context, OWNER, request);
      return project.id;
    },
    load: (project: number) => loadProject(context, OWNER, { project }),
    show: (project: number) => showProject(context, OWNER, { project }),
    activate: (project: number, move: z.input<typeof Move> = {}) =>
      activateProject(context, OWNER, { ...move, project }),
    cancel: (project: number, move: z.input<typeof Move> = {}) =>
      cancelProject(context, OWNER, { ...move, project }),
    delete: (project: number) => deleteProject(context, OWNER, { project }),
    restart: verb(routes.restartProject, restartProject),
    copy: verb(routes.copyProject, copyProject),
    files: verb(routes.listFiles, listFiles),
    file: verb(routes.showFile, showFile),
    setReplica: verb(routes.setReplica, setReplica),
    putSites: (sites: z.input<typeof routes.putSites.input>) =>
      putSites(context, OWNER, routes.putSites.input.parse(sites)),
    reserve: verb(routes.reserve, reserve),
    done: verb(routes.done, done),
    failed: verb(routes.failed, failed),
    release: verb(routes.release, release),
    advance: verb(routes.advance, advance),
    heartbeat: verb(routes.heartbeat, heartbeat),
    held: verb(routes.held, held),
    sweep: () => sweep(context),
    /** Runs the jobs that were started, each to its end. */
    async runJobs(): Promise<void> {
      for (let job = home.jobs.shift(); job; job = home.jobs.shift())
        await runJob(context, job).catch(error => {
          if (error instanceof Crash) throw error;
          context.warn('a job failed', error);
        });
    },
  };
}
export type Process = ReturnType<typeof startProcess>;

interface MoreOfFiles {
  readonly lane?: string;
  readonly durationSeconds?: number;
  readonly prefix?: string;
}

/** `count` files named f0, f1 … (in a lane: by its name), each with one replica. */
export function someFiles(count: number, { prefix, ...more }: MoreOfFiles = {}) {
  return Array.from({ length: count }, (_, n) => ({
    name: `${prefix ?? more.lane ?? 'f'}${n}`,
    replicas: [{ url: `https://x/${n}` }],
    ...more,
  }));
}

/** The tokens of an answer to `reserve`; none when there was nothing. */
export function tokensOf(reply: Awaited<ReturnType<Process['reserve']>>): string[] {
  return reply.status === 'reserved' ? reply.reservations.map(({ token }) => token) : [];
}
