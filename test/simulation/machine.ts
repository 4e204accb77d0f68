import { type CallOptions, type Client, createClient, RefusedError } from '../../lib/client/index.ts';
import { clockOf } from './ports.ts';
import { Host } from './scheduler.ts';
import type { Simulation } from './simulation.ts';

/** How long somebody who insists waits for an answer. */
const PATIENCE_SECONDS = 30;

/** An error of its own for each call would take longer than the call. */
const ENOUGH = new Error('there was no answer in time');

/** A machine that calls Sluice by the typed client: of a worker, or of an owner. */
export class Machine {
  readonly host: Host;
  readonly client: Client;
  readonly clock: ReturnType<typeof clockOf>;
  readonly #simulation: Simulation;

  /** `isFragile`: it may be killed or held up at each request. */
  constructor(simulation: Simulation, name: string, { isFragile }: { isFragile: boolean }) {
    const { world, network } = simulation;
    this.#simulation = simulation;
    this.host = new Host(name);
    this.clock = clockOf(world, this.host);
    const fetch = network.fetchFrom(this.host);
    this.client = createClient({
      server: 'https://sluice',
      fetch: (url, init) => {
        if (isFragile) this.#mayBreak();
        return fetch(url, init);
      },
    });
  }

  pause(seconds: number): Promise<void> {
    return this.clock.sleep(seconds * 1000);
  }

  /** Calls, and gives up when there is no answer after some time. */
  async within<T>(seconds: number, call: (options: CallOptions) => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const answered = new AbortController();
    void this.clock.sleep(seconds * 1000, answered.signal).then(() => patience.abort(ENOUGH));
    try {
      return await call({ signal: patience.signal });
    } finally {
      answered.abort(ENOUGH);
    }
  }

  /** Asks until it is answered, or refused. */
  async insist<T>(ask: (options: CallOptions) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.within(PATIENCE_SECONDS, ask);
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        await this.pause(2);
      }
    }
  }

  #mayBreak(): void {
    const { world } = this.#simulation;
    const { scheduler, dice, plan } = world;
    const fault = world.strikes(this.host, 'worker-killed', 'worker-paused');
    if (!fault) return;
    // Before the request leaves, while it is under way, or when the answer was heard.
    scheduler.after(dice.pick(0, 20, 1_000), world.nowhere, () => {
      if (fault === 'worker-killed') this.host.die();
      else this.host.pausedUntil = world.now + dice.below(3 * plan.leaseSeconds * 1000);
    });
  }

  /** Sends bytes to a signed URL, as far as it works and is heard of; false: it is to be tried again. */
  async upload(url: string, bytes: Uint8Array): Promise<boolean> {
    const { world } = this.#simulation;
    const fault = world.strikes(this.host, 'url-expired', 'upload-unanswered');
    const { pathname, searchParams } = new URL(url);
    await this.clock.sleep(world.dice.below(500));
    const isExpired =
      fault === 'url-expired' || world.now > Number(searchParams.get('until')) + world.plan.mostSkewMillis;
    if (isExpired) return false;
    world.bytes.set(pathname.slice(1), bytes);
    return fault !== 'upload-unanswered';
  }
}
