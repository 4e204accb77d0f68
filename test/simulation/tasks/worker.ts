import {
  PermanentError,
  runTaskWorker,
  type TaskContext,
  TaskHandler,
  type TaskRunner,
} from '../../../lib/worker/index.ts';
import { Machine } from '../machine.ts';
import type { TaskSimulation } from './simulation.ts';

/** A worker of lib/worker on a machine that may die; then another one begins with the same id. */
export async function keepWorking(simulation: TaskSimulation, name: string): Promise<void> {
  const { world, plan } = simulation;
  while (!simulation.isOver) {
    const machine = new Machine(simulation, name, { isFragile: true });
    machine.host.clockOffset = world.dice.between(-plan.mostSkewMillis, plan.mostSkewMillis);
    const running = workOn(simulation, machine).catch(error =>
      world.history.note(() => `  ${name} ends: ${error}`),
    );
    await Promise.race([running, machine.host.death]);
    if (!simulation.isOver) await world.pause(world.dice.between(1, machine.host.isDead ? 20 : 60));
  }
}

async function workOn(simulation: TaskSimulation, machine: Machine): Promise<unknown> {
  const { world, plan, queues } = simulation;
  const { dice } = world;
  const stop = new AbortController();
  void stopInTime(simulation, machine, stop);
  const { client } = machine;
  return runTaskWorker({
    client: {
      ...client,
      // What it says of the computer that this runs on is not the seed's.
      registerWorker: (specs, options) =>
        client.registerWorker({ ...specs, host: 'host', pid: 1, cpus: 1, memoryBytes: 1 }, options),
    },
    ...{ clock: machine.clock, worker: machine.host.name, queues, signal: stop.signal },
    ...{ concurrency: plan.concurrency, graceSeconds: dice.pick(0, 5, 20) },
    ...{ waitSeconds: dice.pick(0, 20, 20), random: dice.random, newRequestId: () => world.newId() },
    handlers: handlersOn(simulation, machine),
  });
}

/** What runs the tasks of each name. */
export function handlersOn(
  simulation: TaskSimulation,
  machine: Machine,
): Readonly<Record<string, TaskRunner>> {
  return {
    work: (_task, context) => work(simulation, machine, context),
    watch: watcherOf(simulation, machine),
  };
}

/** Stops it when all is over; one in ten before. */
async function stopInTime(
  simulation: TaskSimulation,
  { clock }: Machine,
  stop: AbortController,
): Promise<void> {
  const { dice } = simulation.world;
  const seconds = dice.chance(0.1) ? dice.between(5, 120) : Number.POSITIVE_INFINITY;
  const until = clock.now() + seconds * 1000;
  while (!simulation.isOver && clock.now() < until) await clock.sleep(5_000);
  stop.abort();
}

/** Works for a while, and tells of it. Its result says which attempt it is of. */
async function work(simulation: TaskSimulation, machine: Machine, context: TaskContext) {
  const { dice } = simulation.world;
  const { maxlen, leaseSeconds } = simulation.plan;
  const by = context.token;
  const life = simulation.world.newId();
  const steps = dice.below(4);
  for (let n = 0; n < steps; n += 1) {
    const seconds = dice.chance(0.05) ? dice.between(1, 3 * leaseSeconds) : dice.random() * 4;
    await machine.clock.sleep(seconds * 1000, context.signal);
    context.signal.throwIfAborted();
    if (dice.chance(0.3)) context.progress(n);
    if (dice.chance(0.1)) await context.checkpoint({ by });
    if (dice.chance(0.6)) await context.update({ life, n }, { maxlen });
  }
  end(simulation);
  return { by };
}

function end({ world: { dice }, plan }: TaskSimulation): void {
  if (dice.chance(plan.badLuck)) throw new Error('bad luck');
  if (dice.chance(0.05)) throw new PermanentError('a bad task');
}

/** Looks at something again and again. */
function watcherOf(simulation: TaskSimulation, machine: Machine) {
  const { dice } = simulation.world;
  return class Watcher extends TaskHandler {
    override pauseSeconds = dice.between(1, 5);
    readonly #life = simulation.world.newId();
    readonly #steps = dice.between(1, 4);
    #done = 0;

    async process(): Promise<void> {
      const n = this.#done;
      this.#done += 1;
      await machine.clock.sleep(dice.below(1_000), this.context.signal);
      if (dice.chance(0.5))
        await this.context.update({ life: this.#life, n }, { maxlen: simulation.plan.maxlen });
      if (this.#done < this.#steps) return;
      end(simulation);
      this.stop({ by: this.context.token });
    }
  };
}
