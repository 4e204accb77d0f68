import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createClient, UnreachableError } from '../../lib/client/index.ts';
import { freePort, Processes, SLUICE, untilThere } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FILES = 5000;
const WORKERS = 4;
const SERVER_KILLS = 25;
const WORKER_KILLS = 25;
const WORKER = fileURLToPath(new URL('./crash-worker.ts', import.meta.url));

test('every file ends done and is accepted once, though servers and workers are killed at 50 random moments', async () => {
  const folder = await tempFolder();
  await using processes = new Processes();
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  const client = createClient({ server });
  const serve = () =>
    processes.start([SLUICE, 'serve', '--dir', join(folder, 'data'), '--port', String(port)]);
  const log = (worker: number) => join(folder, `worker-${worker}.log`);
  const work = (worker: number) =>
    processes.start([
      WORKER,
      server,
      '1',
      `worker-${worker}`,
      log(worker),
      join(folder, `worker-${worker}.journal`),
    ]);

  let serving = serve();
  await untilThere(server);
  const files = Array.from({ length: FILES }, (_, number) => ({ name: `file-${number}` }));
  await client.createProject({ files, virtual: true, leaseSeconds: 2, maxAttempts: null });
  const working: ChildProcess[] = Array.from({ length: WORKERS }, (_, worker) => work(worker));

  // The moments follow the progress, so that they lie all over the project's life however fast the machine is.
  const kills = shuffled([
    ...Array.from({ length: SERVER_KILLS }, () => 'server' as const),
    ...Array.from({ length: WORKER_KILLS }, () => 'worker' as const),
  ]);
  for (const [number, victim] of kills.entries()) {
    await untilDone(Math.floor((FILES * (number + 0.5)) / kills.length));
    await setTimeout(Math.random() * 30);
    if (victim === 'server') {
      await processes.kill(serving);
      serving = serve();
    } else {
      const worker = Math.floor(Math.random() * WORKERS);
      const unlucky = working[worker];
      if (unlucky) await processes.kill(unlucky);
      working[worker] = work(worker);
    }
  }
  await untilDone(FILES);
  const project = await untilEnded();
  expect(project).toMatchObject({ state: 'done', counts: { ready: 0, reserved: 0, done: FILES, failed: 0 } });

  await processes.kill(serving);
  expect(scan(join(folder, 'data', 'sluice.db'))).toEqual({ D: FILES });

  // Whoever was told that a report counted was told so of one attempt of the file only, whoever else tried.
  const accepted = new Map<string, Set<string>>();
  for (let worker = 0; worker < WORKERS; worker += 1)
    for (const { token } of acceptedIn(log(worker))) {
      const [, block, slot] = token.split('.');
      const file = `${block}.${slot}`;
      accepted.set(file, (accepted.get(file) ?? new Set()).add(token));
    }
  expect([...accepted.values()].filter(tokens => tokens.size !== 1)).toEqual([]);
  expect(accepted.size).toBeGreaterThan(FILES * 0.9);

  async function untilDone(files: number): Promise<void> {
    while (((await showPatiently()).counts.done ?? 0) < files) await setTimeout(10);
  }

  async function untilEnded() {
    for (;;) {
      const project = await showPatiently();
      if (project.state !== 'active') return project;
      await setTimeout(10);
    }
  }

  async function showPatiently() {
    for (;;) {
      try {
        return await client.showProject({ project: 1 });
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        await setTimeout(10);
      }
    }
  }
}, 300_000);

/** Counts the marks of all blocks in the database itself, by no code of Sluice's. */
function scan(path: string): Record<string, number> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("SELECT value FROM items WHERE partition LIKE 'p1/blocks/%'").all();
  const marks = rows.flatMap(({ value }) => JSON.parse(String(value)).slots.split(''));
  database.close();
  return Object.fromEntries(
    Map.groupBy(marks, mark => mark)
      .entries()
      .map(([mark, all]) => [mark, all.length]),
  );
}

function acceptedIn(path: string): { token: string }[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line)).filter(({ accepted, state }) => accepted && state === 'done');
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map(item => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
