import type { HttpEvent, HttpReply } from '../../functions/http.ts';
import type { Handler, Verb } from '../../functions/middleware/verb.ts';
import { routerOf } from '../../functions/router.ts';
import { type Context, createContext } from '../../lib/dispatch/context.ts';
import type { Job } from '../../lib/dispatch/home.ts';
import { runJobAlone } from '../../lib/dispatch/job-lock.ts';
import { runJob } from '../../lib/dispatch/jobs.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { sweep } from '../../lib/dispatch/sweep.ts';
import { portsOf } from './ports.ts';
import { Host } from './scheduler.ts';
import type { World } from './world.ts';

/** A job's process lives this long. */
const JOB_MILLIS = 900_000;

/** A process of Sluice: the handlers of functions/, over ports that fail. */
class Process {
  readonly host: Host;
  readonly context: Context;
  readonly handler: Handler;
  readonly #jobs = new Set<string>();

  constructor(world: World, name: string, verbs: readonly Verb[], startJob: (job: Job) => void) {
    const { plan, dice } = world;
    const host = new Host(name);
    this.host = host;
    if (world.strikes(host, 'clock-skewed'))
      host.clockOffset = dice.between(-plan.mostSkewMillis, plan.mostSkewMillis);
    const layout = plan.layouts[world.strikes(host, 'other-version') ? 1 : 0];
    this.context = createContext({
      ...portsOf(world, host),
      ...{ layout, version: '0', random: dice.random, newId: () => world.newId() },
      async startJob(job) {
        const fault = world.strikes(host, 'job-lost', 'job-doubled');
        if (fault !== 'job-lost') startJob(job);
        if (fault === 'job-doubled') startJob(job);
      },
      warn(message, error) {
        world.history.note(() => `  ${name} warns: ${message}: ${error}`);
        if (!isExpected(error))
          world.wrongs.push(`${message}: ${error instanceof Error ? error.stack : error}`);
      },
    });
    this.handler = routerOf(this.context, verbs);
  }

  /** Runs a job unless it is at it already. */
  async runOnce(job: Job): Promise<void> {
    const name = `${job.kind} ${job.project}`;
    if (this.#jobs.has(name)) return;
    this.#jobs.add(name);
    await runJob(this.context, job).finally(() => this.#jobs.delete(name));
  }
}

/** All of Sluice: as many processes as the home has, one that died replaced by a new one. */
export class Service {
  readonly #world: World;
  readonly #verbs: readonly Verb[];
  readonly #slots: (Process | undefined)[];
  #started = 0;

  constructor(world: World, verbs: readonly Verb[]) {
    this.#world = world;
    this.#verbs = verbs;
    this.#slots = Array.from({ length: world.plan.home === 'machine' ? 1 : 3 }, () => undefined);
  }

  /** Has a request answered. Undefined: the process died over it. */
  handle(event: HttpEvent): Promise<HttpReply | undefined> {
    return this.#inProcess(({ handler }) => handler(event, {}));
  }

  /** Sweeps every minute, once for all processes. */
  async sweepUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#world.pause(60);
      if (!isOver())
        await this.#inProcess(({ context }) => sweep(context)).catch(error => this.#judge(error));
    }
  }

  #startJob(job: Job): void {
    const run = (process: Process) =>
      this.#world.plan.home === 'machine'
        ? process.runOnce(job)
        : runJobAlone(process.context, job, process.context.clock.now() + JOB_MILLIS);
    const { scheduler, nowhere, dice } = this.#world;
    scheduler.after(dice.below(50), nowhere, () => {
      this.#inProcess(run).catch(error => this.#judge(error));
    });
  }

  /** Something failed of which no caller hears. */
  #judge(error: unknown): void {
    if (!isExpected(error))
      this.#world.wrongs.push(error instanceof Error ? `${error.stack}` : String(error));
  }

  async #inProcess<T>(work: (process: Process) => Promise<T>): Promise<T | undefined> {
    const process = this.#process();
    const settled = async () => {
      const result = await work(process);
      await this.#world.disk?.settled;
      return result;
    };
    return Promise.race([settled(), process.host.death.then(() => undefined)]);
  }

  #process(): Process {
    const slot = this.#world.dice.below(this.#slots.length);
    const running = this.#slots[slot];
    if (running && !running.host.isDead) return running;
    this.#started += 1;
    const started = new Process(this.#world, `p${this.#started}`, this.#verbs, job => this.#startJob(job));
    this.#slots[slot] = started;
    return started;
  }
}

/** What goes wrong when ports do; a refusal is no fault. */
function isExpected(error: unknown): boolean {
  return error instanceof PortUnavailable || error instanceof ProblemError;
}
