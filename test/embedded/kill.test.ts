import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { sqliteStore } from '../../lib/embedded/sqlite-store.ts';
import { NodeChild } from '../support/node-child.ts';
import { tempFolder } from '../support/temp-folder.ts';

const KILLS = 8;
const LONGEST_MILLIS = 60;
const WRITER = new URL('../support/turn-writer.ts', import.meta.url);

test('what was settled survives kill -9 at any moment, and every turn is there whole or not at all', async () => {
  const path = join(await tempFolder(), 'sluice.db');
  let settled = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = new NodeChild(WRITER, path);
    await writer.firstLine();
    await sleep(Math.random() * LONGEST_MILLIS);
    await writer.kill();
    const said = Number((await writer.lines()).at(-1));
    expect(said).toBeGreaterThan(settled);
    settled = said;
    await checkDatabase(path, settled);
  }
}, 60_000);

async function checkDatabase(path: string, settled: number): Promise<void> {
  const database = new Database({ path });
  try {
    const store = sqliteStore(database);
    const last = await store.get({ partition: 'last', sort: 'n' });
    const all = await store.list('all', { limit: 1_000_000 });
    expect(database.read(() => database.prepare('PRAGMA integrity_check').get())).toEqual({
      integrity_check: 'ok',
    });
    expect(last?.version).toBeGreaterThanOrEqual(settled);
    expect(last?.value).toEqual({ n: last?.version });
    expect(all.map(({ value }) => value)).toEqual(Array.from(all, (_, at) => ({ n: at + 1 })));
    expect(all).toHaveLength(last?.version ?? 0);
    expect(database.read(() => database.prepare('SELECT block FROM tickets').all())).toEqual([
      { block: last?.version },
    ]);
  } finally {
    database.close();
  }
}
