import { expect, test } from 'vitest';
import type { RowNotes } from '../../lib/dispatch/manifest/survey-manifest.ts';
import { notesPartition, surveyNotes } from '../../lib/dispatch/survey-notes.ts';
import { Witness } from '../support/memory/witness.ts';
import { MemoryWorld } from '../support/memory/world.ts';
import { Crash } from '../support/memory-home.ts';
import { someFiles, startProcess } from './support.ts';

const FILES = 5_000;
/** Blocks of ten files. */
const LAYOUT = { ways: 1_000, maxSlots: 10 };
const MINUTE = 60_000;

/** A project with an uploaded manifest, asked to load. */
async function uploaded(world: MemoryWorld, files = someFiles(FILES)): Promise<number> {
  const process = startProcess({ world });
  const id = await process.create({ manifest: {} });
  upload(world, id, files);
  await process.load(id);
  return id;
}

function upload(world: MemoryWorld, id: number, files: readonly object[]): void {
  world.bytes.set(`manifests/${id}`, Buffer.from(files.map(file => JSON.stringify(file)).join('\n')));
}

/** A process that dies at the `puts`th write, and the writes that it made. */
function process(world: MemoryWorld, puts = Number.POSITIVE_INFINITY) {
  const seen = { puts: 0, atOnce: 0, most: 0, opens: 0 };
  const started = startProcess({
    world,
    async onCall({ name }) {
      if (name === 'files.open') seen.opens += 1;
      if (name !== 'store.put') return undefined;
      if (seen.puts >= puts) return 'crash';
      seen.puts += 1;
      seen.atOnce += 1;
      seen.most = Math.max(seen.most, seen.atOnce);
      await world.clock.sleep(8);
      seen.atOnce -= 1;
      return undefined;
    },
  });
  const load = async () => {
    await started.sweep();
    await started.runJobs();
  };
  return { ...started, seen, load };
}

async function whole(): Promise<{ puts: number; dids: string[] }> {
  const world = new MemoryWorld({ layout: LAYOUT });
  const id = await uploaded(world);
  const one = process(world);
  await one.load();
  return { puts: one.seen.puts, dids: await didsOf(world, id) };
}

async function didsOf(world: MemoryWorld, id: number): Promise<string[]> {
  const reader = startProcess({ world });
  const dids: string[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: { files: { did: string }[]; next?: number | undefined } = await reader.files(id, {
      after,
      limit: 1000,
    });
    dids.push(...page.files.map(({ did }) => did));
    after = page.next;
  }
  return dids;
}

test('blocks are written side by side, no more at once than the home can take', async () => {
  const world = new MemoryWorld({ layout: { ...LAYOUT, pagesAtOnce: 5 } });
  await uploaded(world);
  const one = process(world);
  const begun = world.clock.now();
  await one.load();
  expect(one.seen.most).toBe(5);
  expect(world.clock.now() - begun).toBeLessThan((one.seen.puts / 4) * 8);
});

test('a load that was cut off while it wrote surveys nothing again and writes only what is missing', async () => {
  const { puts, dids } = await whole();
  const world = new MemoryWorld({ layout: LAYOUT });
  const id = await uploaded(world);
  const first = process(world, Math.floor(puts * 0.9));
  await expect(first.load()).rejects.toThrow(Crash);
  const second = process(world);
  await second.load();
  expect(second.seen.opens).toBe(1);
  // Beside the last tenth at most what was written since progress was last kept: a fifth of the files.
  expect(second.seen.puts).toBeLessThan(puts * 0.35);
  expect(await didsOf(world, id)).toEqual(dids);
  expect((await second.file(id, { did: 'f17' })).state).toBe('ready');
});

test('a manifest that is another one when loading goes on is noticed', async () => {
  const world = new MemoryWorld({ layout: LAYOUT });
  const id = await uploaded(world);
  await expect(process(world, 500).load()).rejects.toThrow(Crash);
  upload(world, id, someFiles(FILES - 1));
  const second = process(world);
  await second.load();
  expect(second.home.warnings).toEqual([
    `a job failed: Error: the files of project ${id} changed while they were loaded`,
  ]);
});

test('what only loading needs is removed by the sweep when the load was cut off before it could', async () => {
  const world = new MemoryWorld({ layout: LAYOUT });
  const witness = new Witness(world);
  const id = await uploaded(world, someFiles(30));
  const dying = startProcess({
    world,
    onCall: () => (witness.record(id)?.state === 'active' ? 'crash' : undefined),
  });
  await dying.sweep();
  await expect(dying.runJobs()).rejects.toThrow(Crash);
  expect(world.bytes.size).toBe(1);
  await process(world).load();
  expect(world.bytes.size).toBe(0);
  expect(witness.record(id)).not.toHaveProperty('source');
});

function someNotes(lane: string): RowNotes {
  return { lanes: new Map([[lane, 2]]), hashes: Uint32Array.of(1, 2, 3, 0xffffffff) };
}

async function notesIn({ context }: ReturnType<typeof startProcess>): Promise<RowNotes[]> {
  const found: RowNotes[] = [];
  for await (const notes of surveyNotes(context, 7).read()) found.push(notes);
  return found;
}

test('a survey that is quick keeps no notes; a long one all of them', async () => {
  const one = startProcess();
  const { keep } = surveyNotes(one.context, 7);
  await keep(0, someNotes('a'));
  await keep(1, someNotes('b'));
  expect(await notesIn(one)).toEqual([]);
  await one.world.clock.sleep(2 * MINUTE);
  await keep(2, someNotes('c'));
  expect(await notesIn(one)).toEqual(['a', 'b', 'c'].map(someNotes));
});

test('notes count up to the first that is missing', async () => {
  const one = startProcess();
  const { keep } = surveyNotes(one.context, 7);
  await one.world.clock.sleep(2 * MINUTE);
  for (const number of [0, 1, 2, 3]) await keep(number, someNotes(String(number)));
  await one.context.store.remove([{ partition: notesPartition(7), sort: '00002' }]);
  expect(await notesIn(one)).toEqual(['0', '1'].map(someNotes));
});
