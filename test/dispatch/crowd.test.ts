import { describe, expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess } from './support.ts';

const PER_MINUTE = 60;
const layout = { retryAfterSeconds: 10, waitsPerMinute: PER_MINUTE };

/** A project whose only file is taken, so that all others wait. */
async function busyProject() {
  const world = new MemoryWorld({ layout });
  const process = startProcess({ world });
  const id = await process.create({ files: someFiles(1), leaseSeconds: 86_400 });
  await process.reserve(id, { worker: 'w' });
  return { world, process, id };
}

/** Lets so many idle workers ask, each coming back when it is told, for an hour; answers how often they ask. */
async function asksInAnHour(idle: number): Promise<{ asks: number; longest: number }> {
  const { world, process, id } = await busyProject();
  const until = world.clock.now() + 3_600_000;
  let [asks, longest] = [0, 0];
  async function worker(number: number): Promise<void> {
    await world.clock.sleep(world.random() * 10_000);
    while (world.clock.now() < until) {
      const reply = await process.reserve(id, { worker: `v${number}` });
      if (reply.status !== 'wait') throw new Error(`it was not told to wait but ${reply.status}`);
      asks += 1;
      longest = Math.max(longest, reply.retryAfterSeconds);
      await world.clock.sleep(reply.retryAfterSeconds * 1000);
    }
  }
  await Promise.all(Array.from({ length: idle }, (_, number) => worker(number)));
  return { asks, longest };
}

test('a few idle workers come back as soon as they always do', async () => {
  const { asks, longest } = await asksInAnHour(5);
  expect(longest).toBeLessThanOrEqual(10 * 1.25);
  expect(asks).toBeGreaterThan(5 * 300);
});

test('a crowd stays away longer, so that it asks little more often than a few', async () => {
  const few = await asksInAnHour(10);
  const crowd = await asksInAnHour(400);
  expect(crowd.asks).toBeLessThan(few.asks * 10);
  expect(crowd.longest).toBeLessThanOrEqual(300 * 1.25);
});

test('once it is quiet, a worker is told to come back as soon as ever', async () => {
  const { world, process, id } = await busyProject();
  const ask = async () => {
    const reply = await process.reserve(id, { worker: 'v' });
    return reply.status === 'wait' ? reply.retryAfterSeconds : 0;
  };
  for (let asked = 0; asked < 10 * PER_MINUTE; asked += 1) await ask();
  expect(await ask()).toBeGreaterThan(50);
  await world.clock.sleep(120_000);
  expect(await ask()).toBeLessThanOrEqual(10 * 1.25);
});

test('of many who find nothing only one a second looks whether the project is over', async () => {
  const { world, process, id } = await busyProject();
  const reads = () => process.home.calls.filter(name => name === 'store.get').length;
  await process.reserve(id, { worker: 'v' });
  const before = reads();
  for (let asked = 0; asked < 100; asked += 1) {
    await process.reserve(id, { worker: 'v' });
    await world.clock.sleep(10);
  }
  expect(reads() - before).toBeLessThan(10);
});

describe('of a crowd that finds nothing', () => {
  const receives = ({ home }: Process) => home.calls.filter(name => name === 'tickets.receive').length;

  /** Has so many workers ask within a second. */
  async function ask({ process, id }: Awaited<ReturnType<typeof busyProject>>, workers: number) {
    for (let n = 0; n < workers; n += 1) await process.reserve(id, { worker: `v${n}` });
  }

  test('one a second looks for a ticket, for all the others', async () => {
    const project = await busyProject();
    await ask(project, 2 * PER_MINUTE);
    const before = receives(project.process);
    await ask(project, 100);
    expect(receives(project.process) - before).toBe(0);
    await project.world.clock.sleep(1_000);
    await ask(project, 100);
    expect(receives(project.process) - before).toBe(1);
  });

  test('the next one to look gets what has come up since, and those after it look again', async () => {
    const project = await busyProject();
    const { world, process, id } = project;
    await ask(project, 2 * PER_MINUTE);
    const { reservations } = await process.held(id, { worker: 'w' });
    await process.release(id, { released: reservations.map(({ token }) => token) });
    await world.clock.sleep(1_000);
    expect(await process.reserve(id, { worker: 'v' })).toMatchObject({ status: 'reserved' });
  });

  test('the few that ask now and then all look', async () => {
    const project = await busyProject();
    const before = receives(project.process);
    await ask(project, PER_MINUTE - 10);
    expect(receives(project.process) - before).toBe(PER_MINUTE - 10);
  });
});
