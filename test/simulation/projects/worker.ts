import { type FileTask, type HandlerContext, type Outcome, runWorker } from '../../../lib/worker/index.ts';
import { Machine } from '../machine.ts';
import type { ProjectSimulation } from './simulation.ts';

/** A worker of lib/worker on a machine that may die; then another one begins with the same id. */
export async function keepWorking(simulation: ProjectSimulation, name: string): Promise<void> {
  const { world } = simulation;
  while (!simulation.isOver) {
    const machine = new Machine(simulation, name, { isFragile: true });
    machine.host.clockOffset = world.dice.between(-world.plan.mostSkewMillis, world.plan.mostSkewMillis);
    const running = workOn(simulation, machine).catch(error =>
      world.history.note(() => `  ${name} ends: ${error}`),
    );
    await Promise.race([running, machine.host.death]);
    if (!simulation.isOver) await world.pause(world.dice.between(1, machine.host.isDead ? 20 : 60));
  }
}

function workOn(simulation: ProjectSimulation, machine: Machine): Promise<unknown> {
  const { world, plan } = simulation;
  const { dice } = world;
  return runWorker({
    ...{
      client: machine.client,
      clock: machine.clock,
      project: simulation.project,
      worker: machine.host.name,
    },
    ...{ concurrency: plan.concurrency, prefetch: plan.prefetch },
    ...{ waitSeconds: dice.pick(0, 20, 20), random: dice.random, newRequestId: () => world.newId() },
    // A lease without an end of which its worker never heard is found when the worker begins anew. Short times need the
    // sweep: what was learnt of other files may keep all workers away.
    ...((plan.isEndless || dice.chance(0.1)) && {
      wallTimeSeconds: plan.hasSweep ? dice.between(5, 120) : dice.between(1_000, 1_200),
    }),
    handler: (file, context) => handle(simulation, machine, file, context),
    onEvent: event => {
      if (event.type === 'stopping' && event.why === 'project-over') simulation.projectIsOver();
    },
  });
}

async function handle(
  { world, plan, project }: ProjectSimulation,
  machine: Machine,
  file: FileTask,
  { signal }: HandlerContext,
): Promise<Outcome | undefined> {
  const { dice } = world;
  const seconds = dice.chance(0.03) ? dice.between(1, 3 * plan.leaseSeconds) : dice.random() * 5;
  await machine.clock.sleep(seconds * 1000, signal);
  if (plan.outputs) {
    const bytes = new TextEncoder().encode(file.token);
    const request = { project, token: file.token };
    const { url } = await machine.within(20, options => machine.client.output(request, options));
    if (!(await machine.upload(url, bytes))) throw new Error('the output was not stored');
  }
  if (dice.chance(plan.badLuck)) return { failed: 'bad luck', retry: true };
  return dice.chance(0.05) ? { failed: 'a bad file', retry: false } : undefined;
}
