import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { AWS_LAYOUT } from '../../lib/aws/layout.ts';
import { routes } from '../../lib/contract/routes.ts';
import { createContext } from '../../lib/dispatch/context.ts';
import { createProject } from '../../lib/dispatch/create-project.ts';
import type { Home } from '../../lib/dispatch/home.ts';
import { runJob } from '../../lib/dispatch/jobs.ts';
import { loadProject } from '../../lib/dispatch/load-project.ts';
import type { Item, Key, Value } from '../../lib/dispatch/ports.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { manifestLines } from './manifest-lines.ts';

/**
 * How much memory and time a load takes: the use-case itself reads a gzip manifest from a file, and writes to a store
 * that keeps nothing but the project, each write taking as long as one does on AWS.
 *
 *     node --max-old-space-size=256 test/bench/load-memory.ts --files 10000000
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000000' },
    'write-millis': { type: 'string', default: '8' },
    'object-millis': { type: 'string', default: '40' },
    'send-millis': { type: 'string', default: '15' },
    'pages-at-once': { type: 'string', default: '4' },
  },
});
const files = Number(values.files);
const writeMillis = Number(values['write-millis']);
const objectMillis = Number(values['object-millis']);
const sendMillis = Number(values['send-millis']);

const CALL = { caller: { user: 'bench', roles: [], admin: true } };
const written = { puts: 0, bytes: 0, tickets: 0 };
const kept = new Map<string, Item>();
const nameOf = ({ partition, sort }: Key) => `${partition}/${sort}`;

async function put(key: Key, value: Value, expected: number): Promise<boolean> {
  written.puts += 1;
  written.bytes += value instanceof Uint8Array ? value.length : JSON.stringify(value).length;
  await setTimeout(writeMillis);
  if (key.partition === 'projects' || key.partition === 'counters')
    kept.set(nameOf(key), { key, value, version: expected + 1 });
  return true;
}

function homeWith(manifest: string): Home {
  const never = () => {
    throw new Error('loading does not need this');
  };
  return {
    store: {
      get: async key => kept.get(nameOf(key)),
      put,
      list: async () => [],
      remove: async () => {},
    },
    tickets: {
      async send(_queue, tickets) {
        written.tickets += tickets.length;
        // In requests of ten, eight at once.
        await setTimeout(sendMillis * Math.ceil(tickets.length / 80));
      },
      ...{ receive: never, hide: never, delete: never, drop: never },
    },
    files: {
      faultOf: () => undefined,
      open: async () => createReadStream(manifest),
      exists: async () => true,
      async write(_key, bytes) {
        written.puts += 1;
        written.bytes += bytes.length;
        await setTimeout(objectMillis);
      },
      remove: async () => {},
      uploadUrl: () => 'none',
      ...{ replicaUrl: never, downloadUrl: never },
    },
    clock: systemClock,
    startJob: async () => {},
    newId: () => 'id',
    random: Math.random,
    layout: { ...AWS_LAYOUT, pagesAtOnce: Number(values['pages-at-once']) },
    version: 'bench',
    warn: (message, error) => console.error(message, error),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
try {
  const manifest = join(folder, 'manifest.ndjson.gz');
  await pipeline(Readable.from(manifestLines(files)), createGzip({ level: 1 }), createWriteStream(manifest));
  const before = process.memoryUsage.rss();
  const context = createContext(homeWith(manifest));
  const asked = routes.createProject.input.parse({ manifest: { format: 'ndjson' } });
  const { project } = await createProject(context, CALL, asked);
  await loadProject(context, CALL, { project: project.id });
  const begun = performance.now();
  const busy = process.cpuUsage();
  await runJob(context, { kind: 'load', project: project.id });
  const { record } = await context.projects.readNow(project.id);
  const { user, system } = process.cpuUsage(busy);
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  console.log(
    `${record.files} files ${record.state} after ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    `(${((user + system) / 1e6).toFixed(0)} s CPU): ${written.puts} writes of ${mib(written.bytes)},`,
    `${written.tickets} tickets; ${mib(process.resourceUsage().maxRSS * 1024)} at most (${mib(before)} before)`,
  );
} finally {
  await rm(folder, { recursive: true });
}
