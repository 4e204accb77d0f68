import { describe, expect, test } from 'vitest';
import { ErraticWorker } from './erratic-worker.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { someFiles, startProcess } from './support.ts';

const WORKERS = 5;
const SEEDS = Array.from({ length: 15 }, (_, n) => n + 1);
const FAULTS = {
  ...{ crash: 0.002, 'crash after': 0.002, unavailable: 0.005, 'answer lost': 0.005 },
  ...{ late: 0.02, refused: 0.01, ignored: 0.02, doubled: 0.03 },
};
/** An hour after the last fault, with leases of at most five minutes. */
const STORM_MINUTES = 5;
const MINUTES = 65;

describe('many workers in fair weather', () => {
  test.each(SEEDS)('end the project at a bounded cost (seed %i)', async seed => {
    const fleet = fleetOf({ seed, stormMinutes: 0 });
    const id = await createFor(fleet);
    const begun = fleet.world.clock.now();
    await runWorkers(fleet, id);
    const minutes = (fleet.world.clock.now() - begun) / 60_000;
    const files = fleet.witness.record(id)?.files ?? 0;
    // Each file is tried a few times, at 10 calls or so; and an idle worker asks a few times a minute.
    expect(fleet.calls).toBeLessThan(60 * files + WORKERS * 60 * minutes);
  });
});

describe('many workers in a storm', () => {
  test.each(SEEDS)('end the project once it is over, and no promise is broken (seed %i)', async seed => {
    const fleet = fleetOf({ seed, stormMinutes: STORM_MINUTES, faults: FAULTS });
    const id = await createFor(fleet);
    await runWorkers(fleet, id);
  });

  test.each(SEEDS)('get along with an owner who stops, restarts and marks at will (seed %i)', async seed => {
    const fleet = fleetOf({ seed, stormMinutes: STORM_MINUTES, faults: FAULTS });
    const id = await createFor(fleet);
    await Promise.all([fleet.meddle(() => meddle(fleet, id)), runWorkers(fleet, id)]);
  });
});

/**
 * Blocks of one file, of a few, or of all; with room for one lease or many; several processes that remember projects
 * for a while or not at all, or one that remembers them for ever.
 */
function fleetOf(options: Omit<FleetOptions, 'processes' | 'layout'> & { seed: number }): Fleet {
  const { seed } = options;
  const ways = [1, 4, 1000][seed % 3] ?? 1;
  const maxLeases = [1, 4, 26][Math.floor(seed / 3) % 3] ?? 1;
  const projectCacheMillis = [0, 5000, Number.POSITIVE_INFINITY][Math.floor(seed / 5) % 3] ?? 0;
  const processes = Number.isFinite(projectCacheMillis) ? 3 : 1;
  const pagesIn = seed % 2 === 0 ? 'store' : 'files';
  return new Fleet({ ...options, processes, layout: { ways, maxLeases, projectCacheMillis, pagesIn } });
}

function createFor(fleet: Fleet): Promise<number> {
  const lanes = fleet.pick<({ lane: string } | undefined)[]>(
    [undefined],
    [undefined, { lane: 'a' }],
    [undefined, { lane: 'a' }, { lane: 'b' }],
  );
  const count = 1 + fleet.below(40);
  return startProcess({ world: fleet.world }).create({
    files: lanes.flatMap(lane => someFiles(count, lane)),
    leaseSeconds: fleet.pick(20, 60, 300),
    maxAttempts: fleet.pick(1, 3, null),
    retryBackoffSeconds: fleet.pick(0, 2, 20),
    onLeaseExpiry: fleet.pick('retry', 'retry', 'fail'),
  });
}

async function runWorkers(fleet: Fleet, id: number): Promise<void> {
  const counted = new Set<string>();
  const workers = Array.from({ length: WORKERS }, (_, n) => new ErraticWorker(fleet, id, `w${n}`, counted));
  await Promise.all([
    ...workers.map(worker => worker.workUntilOver()),
    fleet.sweepUntilOver(id, MINUTES),
    fleet.sweepUntilOver(id, MINUTES),
  ]);
  fleet.expectNothingBroken();
  expect(fleet.witness.record(id)?.state).toMatch(/done|failed/);
}

/** While the storm lasts; then makes good what it left undone. */
async function meddle(fleet: Fleet, id: number): Promise<void> {
  const copy = { did: 'f0', url: 'https://x/0' };
  while (fleet.isStorm) {
    await fleet.pause(fleet.below(60));
    const states = fleet.pick<('reserved' | 'done' | 'failed')[]>(
      ['done'],
      ['failed'],
      ['reserved', 'done', 'failed'],
    );
    const doing = fleet.below(4);
    await fleet.ask<unknown>(process => {
      if (doing === 0) return process.cancel(id);
      if (doing === 1) return process.restart(id, { states });
      if (doing === 2) return process.restart(id, { dids: ['f0'] });
      return process.setReplica(id, { ...copy, available: fleet.chance(0.5) });
    });
    if (fleet.chance(0.7)) await fleet.ask(process => process.activate(id));
  }
  while (fleet.witness.record(id)?.state === 'cancelled') await fleet.ask(process => process.activate(id));
  while (!(await fleet.ask(process => process.setReplica(id, { ...copy, available: true }))))
    await fleet.pause(1);
}
