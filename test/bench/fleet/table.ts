import { type Item, type Key, PortUnavailable, type Store, type Value } from '../../../lib/dispatch/ports.ts';
import type { EventClock } from './event-clock.ts';
import type { Meter } from './meter.ts';

/** What one partition of DynamoDB takes a second, and a table that is new and paid by the request. */
const PARTITION_WRITES = 1_000;
const PARTITION_READS = 3_000;
const TABLE_WRITES = 4_000;
const TABLE_READS = 12_000;
const TRIES = 8;
const FIRST_PAUSE_MILLIS = 50;
const LONGEST_PAUSE_MILLIS = 20_000;

export interface Service {
  readonly clock: EventClock;
  readonly random: () => number;
  readonly meter: Meter;
}

/** Units that may be taken: so many a second, and a second's worth at once; of one partition and of the table. */
class Rate {
  readonly #perPartition: number;
  readonly #table: Bucket;
  readonly #partitions = new Map<string, Bucket>();

  constructor(perPartition: number, perTable: number) {
    this.#perPartition = perPartition;
    this.#table = new Bucket(perTable);
  }

  /** What partition and table have given in this second, this included; undefined when they have not so much left. */
  take(now: number, partition: string, units: number): { partition: number; table: number } | undefined {
    const bucket = this.#partitions.get(partition) ?? new Bucket(this.#perPartition);
    this.#partitions.set(partition, bucket);
    if (!bucket.has(now, units) || !this.#table.has(now, units)) return undefined;
    return { partition: bucket.take(now, units), table: this.#table.take(now, units) };
  }
}

/** Refilled evenly, never beyond what is taken in a second. */
class Bucket {
  readonly #perSecond: number;
  #units: number;
  #refilledAt = 0;
  #second = 0;
  #inSecond = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#units = perSecond;
  }

  has(now: number, units: number): boolean {
    const grown = ((now - this.#refilledAt) / 1000) * this.#perSecond;
    this.#units = Math.min(this.#perSecond, this.#units + grown);
    this.#refilledAt = now;
    return this.#units >= units;
  }

  /** Answers what was taken in this second of the clock. */
  take(now: number, units: number): number {
    this.#units -= units;
    const second = Math.floor(now / 1000);
    this.#inSecond = (second === this.#second ? this.#inSecond : 0) + units;
    this.#second = second;
    return this.#inSecond;
  }
}

/**
 * A table as DynamoDB keeps it, with its service times (4 to 8 ms), its units and its limits. Each partition key counts
 * as a partition of its own. What is throttled is tried again as the SDK does.
 */
export function simulatedTable(service: Service): Store {
  const { clock, random } = service;
  const partitions = new Map<string, Map<string, Item>>();
  const writes = new Rate(PARTITION_WRITES, TABLE_WRITES);
  const reads = new Rate(PARTITION_READS, TABLE_READS);

  async function admit(rate: Rate, partition: string, units: number) {
    for (let tries = 1; ; tries += 1) {
      const taken = rate.take(clock.now(), partition, units);
      if (taken) return taken;
      service.meter.throttled += 1;
      if (tries === TRIES) throw new PortUnavailable(`${partition} is throttled`);
      await clock.sleep(1 + random() * Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * 2 ** tries));
    }
  }

  const serve = () => clock.sleep(4 + Math.floor(random() * 5));

  async function read(partition: string, units: number): Promise<void> {
    await admit(reads, partition, units);
    service.meter.readUnits += units;
    await serve();
  }

  return {
    async get({ partition, sort }) {
      await read(partition, 1);
      return partitions.get(partition)?.get(sort);
    },
    async put(key, value, expected) {
      const units = writeUnitsOf(key, value);
      const taken = await admit(writes, key.partition, units);
      service.meter.writeUnits += units;
      service.meter.mostInTable = Math.max(service.meter.mostInTable, taken.table);
      if (taken.partition > service.meter.mostInPartition) {
        service.meter.mostInPartition = taken.partition;
        service.meter.busiestPartition = key.partition;
      }
      await serve();
      const items = partitions.get(key.partition) ?? new Map<string, Item>();
      partitions.set(key.partition, items);
      if ((items.get(key.sort)?.version ?? 0) !== expected) {
        service.meter.conflicts += 1;
        return false;
      }
      items.set(key.sort, { key, value: keptOf(value), version: expected + 1 });
      return true;
    },
    async list(partition, { after = '', limit }) {
      const items = [...(partitions.get(partition)?.values() ?? [])]
        .filter(({ key }) => key.sort > after)
        .sort((a, b) => (a.key.sort < b.key.sort ? -1 : 1))
        .slice(0, limit);
      // A block is a kilobyte, and DynamoDB reads four for a unit.
      await read(partition, Math.max(1, Math.ceil(items.length / 4)));
      return items
        .map(({ key }) => partitions.get(partition)?.get(key.sort))
        .filter(item => item !== undefined);
    },
    async remove(keys) {
      for (const { partition, sort } of keys) partitions.get(partition)?.delete(sort);
      await serve();
    },
  };
}

/** Blocks and nodes are within a kilobyte; pages and buckets are as large as they are. */
function writeUnitsOf({ partition }: Key, value: Value): number {
  const isSmall = !(value instanceof Uint8Array) && /\/(?:blocks|closed)\//.test(partition);
  const bytes = isSmall ? 0 : value instanceof Uint8Array ? value.length : JSON.stringify(value).length;
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** What large items hold is not needed again. */
function keptOf(value: Value): Value {
  return value instanceof Uint8Array ? new Uint8Array() : value;
}
