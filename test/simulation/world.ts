import { MemoryItems } from '../support/memory/items.ts';
import type { CommonPlan } from './common-plan.ts';
import { Dice } from './dice.ts';
import { Disk } from './disk.ts';
import type { Fault } from './faults.ts';
import { FormerItems } from './former-items.ts';
import { History } from './history.ts';
import { Queues } from './queues.ts';
import { Host, Scheduler } from './scheduler.ts';
import { Weather } from './weather.ts';

/** All that outlives processes and machines, and what decides what happens. */
export class World {
  readonly plan: CommonPlan;
  readonly dice: Dice;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly history: History;
  readonly items = new MemoryItems();
  /** Where reads may miss the writes of the last moment. */
  readonly formerItems: FormerItems | undefined;
  readonly queues: Queues;
  readonly bytes = new Map<string, Uint8Array>();
  /** Where writes may be lost that nobody was told of. */
  readonly disk: Disk | undefined;
  /** Where things happen that depend on nobody: the network, the timer of the sweep. */
  readonly nowhere = new Host('nowhere');
  /** What no code of Sluice should ever say or do. */
  readonly wrongs: string[] = [];
  /** Calls of ports so far. */
  portCalls = 0;
  #lastId = 0;

  constructor(plan: CommonPlan, { isWritten }: { isWritten: boolean }) {
    this.plan = plan;
    this.dice = new Dice(plan.seed);
    this.scheduler = new Scheduler(this.dice);
    this.weather = new Weather(this.scheduler, plan);
    this.history = new History(this.scheduler, { isWritten });
    this.queues = new Queues(this.scheduler);
    const mayLose = plan.home === 'machine' && plan.faults.includes('writes-lost');
    if (plan.faults.includes('read-stale')) this.formerItems = new FormerItems(this.scheduler, this.items);
    this.disk = mayLose ? new Disk(this.scheduler, this.nowhere, this.items, this.queues) : undefined;
  }

  get now(): number {
    return this.scheduler.now;
  }

  newId(): string {
    this.#lastId += 1;
    return `id${this.#lastId}`;
  }

  /** Whether one of these faults happens now, to whom. */
  strikes<const F extends Fault>(whom: Host, ...faults: readonly F[]): F | undefined {
    const fault = this.weather.strikes(...faults);
    if (fault) this.history.note(() => `  ${whom.name}: ${fault}`);
    return fault;
  }

  pause(seconds: number): Promise<void> {
    return this.scheduler.sleep(seconds * 1000, this.nowhere);
  }

  /** Most things happen at once or after some milliseconds. */
  latency(host: Host): Promise<void> {
    return this.scheduler.sleep(this.dice.chance(0.6) ? 0 : this.dice.between(1, 20), host);
  }
}
