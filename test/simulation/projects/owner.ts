import { type CallOptions, RefusedError } from '../../../lib/client/index.ts';
import { Machine } from '../machine.ts';
import type { ProjectSimulation } from './simulation.ts';

/** Creates the project, does what the plan says to it, and makes good in the end what was left undone. */
export class Owner {
  readonly #simulation: ProjectSimulation;
  readonly #machine: Machine;

  constructor(simulation: ProjectSimulation) {
    this.#simulation = simulation;
    this.#machine = new Machine(simulation, 'owner', { isFragile: false });
  }

  /** Answers the id of a project that is loaded, or will be. */
  async create(): Promise<number> {
    const { plan } = this.#simulation;
    if (plan.source === 'inline') return this.#createInline();
    if (plan.source === 'manifest') return this.#createFromManifest();
    const original = await this.#createInline();
    const { id } = await this.#machine.insist(options =>
      this.#client.copyProject({ project: original, title: 'copy' }, options),
    );
    return id;
  }

  /** Stops, restarts and activates while the storm lasts. */
  async meddle(project: number): Promise<void> {
    const { plan, world } = this.#simulation;
    const { dice, weather } = world;
    if (plan.meddling === 'nothing') return;
    for (let times = dice.between(1, 3); times > 0 && weather.isStorm; times -= 1) {
      await this.#machine.pause(dice.below(plan.stormSeconds / 2));
      if (plan.meddling === 'cancel') {
        const request = { project, requestId: world.newId() };
        await this.#tryTo(options => this.#client.cancelProject(request, options));
        await this.#machine.pause(dice.below(30));
      } else await this.#restart(project);
      await this.#makeActive(project);
    }
  }

  /** Until it is answered: a restart that was cut off is finished by then. */
  async #restart(project: number): Promise<void> {
    const { world } = this.#simulation;
    const { dice } = world;
    const states = dice.pick<('done' | 'failed' | 'reserved')[]>(['done', 'failed', 'reserved'], ['failed']);
    const request = { project, states, requestId: world.newId() };
    while (!(await this.#tryTo(options => this.#client.restartProject(request, options))))
      await this.#machine.pause(dice.between(10, 60));
  }

  async #makeActive(project: number): Promise<void> {
    const { state } = await this.#machine.insist(options => this.#client.showProject({ project }, options));
    if (state !== 'cancelled') return;
    const request = { project, requestId: this.#simulation.world.newId() };
    await this.#tryTo(options => this.#client.activateProject(request, options));
    await this.#makeActive(project);
  }

  /** Whether the project has ended, as its owner sees it. */
  async isEnded(project: number): Promise<boolean> {
    const { state } = await this.#machine.insist(options => this.#client.showProject({ project }, options));
    // A cancel of which one copy was refused, while the project was loading, may be done by another one afterwards.
    if (state === 'cancelled') await this.#makeActive(project);
    return state === 'done' || state === 'failed';
  }

  /** Looks at everything: the checks compare it with what was said before. */
  async inspect(project: number): Promise<void> {
    const { files } = await this.#machine.insist(options => this.#client.listFiles({ project }, options));
    await this.#machine.insist(options => this.#client.showProject({ project }, options));
    if (this.#simulation.plan.outputs)
      for (const { did } of files)
        await this.#machine.insist(options => this.#client.showFile({ project, did }, options));
  }

  delete(project: number): Promise<unknown> {
    return this.#tryTo(options => this.#client.deleteProject({ project }, options));
  }

  async #createInline(): Promise<number> {
    const files = this.#simulation.files;
    const { project } = await this.#machine.insist(options =>
      this.#client.createProject({ ...this.#simulation.settings, files }, options),
    );
    return project.id;
  }

  async #createFromManifest(): Promise<number> {
    const { project, upload } = await this.#machine.insist(options =>
      this.#client.createProject({ ...this.#simulation.settings, manifest: {} }, options),
    );
    const lines = this.#simulation.files.map(file => `${JSON.stringify(file)}\n`);
    const bytes = new TextEncoder().encode(lines.join(''));
    while (upload && !(await this.#machine.upload(upload.url, bytes))) await this.#machine.pause(1);
    await this.#tryTo(options => this.#client.loadProject({ project: project.id }, options), 'wrong_state');
    return project.id;
  }

  get #client() {
    return this.#machine.client;
  }

  /** Asks until it is answered. A refusal ends it; `known`: this one says that an earlier try took effect. */
  async #tryTo(ask: (options: CallOptions) => Promise<unknown>, known?: string): Promise<boolean> {
    try {
      await this.#machine.insist(ask);
      return true;
    } catch (error) {
      return error instanceof RefusedError && error.code === known;
    }
  }
}
