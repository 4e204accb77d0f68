import { expect } from 'vitest';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld, type WorldOptions } from '../support/memory/world.ts';
import { Crash, FAULTS, type Fault } from '../support/memory-home.ts';
import { type Process, startProcess } from './support.ts';

export interface FleetOptions extends WorldOptions {
  /** How often each fault befalls a call, 0 to 1. */
  readonly faults?: Partial<Record<Fault, number>>;
  /** Faults, and all that else disturbs, end after this time. */
  readonly stormMinutes: number;
  /** How many processes there are at a time. */
  readonly processes: number;
}

const MINUTE = 60_000;

/**
 * Processes of Sluice in one world, whose calls take their time and go wrong, all from one seed. Whoever asks
 * them meets one or the other; one that died is replaced by a new one.
 */
export class Fleet {
  readonly world: MemoryWorld;
  readonly witness: Witness;
  readonly #processes: Process[] = [];
  readonly #faults: FleetOptions['faults'];
  readonly #stormEndsAt: number;
  readonly #mostProcesses: number;
  #isMeddling = false;
  /** Port calls made so far. */
  calls = 0;

  constructor({ faults, stormMinutes, processes, ...options }: FleetOptions) {
    this.world = new MemoryWorld({ shuffled: true, ...options });
    this.witness = new Witness(this.world);
    this.#faults = faults;
    this.#mostProcesses = processes;
    this.#stormEndsAt = this.world.clock.now() + stormMinutes * MINUTE;
  }

  get isStorm(): boolean {
    return this.world.clock.now() < this.#stormEndsAt;
  }

  chance(probability: number): boolean {
    return this.world.random() < probability;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.world.random() * limit);
  }

  pick<T>(...choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  pause(seconds: number): Promise<void> {
    return this.world.clock.sleep(seconds * 1000);
  }

  process(): Process {
    const number = this.below(this.#mostProcesses);
    const running = this.#processes[number];
    if (running && !running.home.isDead) return running;
    const started = startProcess({ world: this.world, onCall: () => this.#meet() });
    this.#processes[number] = started;
    return started;
  }

  /** What some process answers; undefined when the request failed as requests may. */
  async ask<T>(question: (process: Process) => Promise<T>): Promise<T | undefined> {
    try {
      return await question(this.process());
    } catch (error) {
      if ([Crash, PortUnavailable, ProblemError].some(kind => error instanceof kind)) return undefined;
      throw error;
    }
  }

  /** Sweeps every minute until the project has ended. Fails if it has not after `minutes`. */
  async sweepUntilOver(id: number, minutes: number): Promise<void> {
    const until = this.world.clock.now() + minutes * MINUTE;
    while (!this.isOver(id)) {
      if (this.world.clock.now() > until)
        throw new Error(`not over after ${minutes} min: ${JSON.stringify(this.witness.blocks(id))}`);
      await this.pause(60);
      await this.ask(async process => {
        await process.sweep();
        await process.runJobs();
      });
    }
  }

  /** While somebody meddles, an ended project may be restarted: nobody goes home. */
  async meddle(meddling: () => Promise<void>): Promise<void> {
    this.#isMeddling = true;
    await meddling();
    this.#isMeddling = false;
  }

  /** The project has ended, for good. */
  isOver(id: number): boolean {
    const state = this.witness.record(id)?.state;
    return !this.#isMeddling && (state === 'done' || state === 'failed');
  }

  async #meet(): Promise<Fault | undefined> {
    this.calls += 1;
    // Most calls are quick; some outlive visibility timeouts and leases.
    if (this.chance(0.5)) await this.world.clock.sleep(this.below(this.chance(0.01) ? 40_000 : 50));
    if (!this.isStorm) return undefined;
    return FAULTS.find(fault => this.chance(this.#faults?.[fault] ?? 0));
  }

  expectNothingBroken(): void {
    expect(this.witness.broken).toEqual([]);
  }
}
