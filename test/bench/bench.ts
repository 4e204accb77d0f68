import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatCount } from '../../lib/cli/frame/quantity.ts';
import { slowerDisk, syncMillis } from './disk.ts';
import { load, nextMessage, start, stop } from './processes.ts';
import { Stock } from './projects.ts';

/**
 * Reserve + done per second over HTTP beside the floor of the same run: a bare Node HTTP server that does one
 * SQLite update a call. A ratio above 1 means that Sluice is faster than the floor. Small projects are worked
 * through one after the other.
 *
 * Both sides get the same load: by default through `fetch`, as programs use it, which takes about a core itself;
 * with `--client raw` through bare sockets, which leave all the time to the server.
 *
 * What is kept on the disk before it is answered costs as much as the disk takes: `--slower 0.3` makes each sync, of
 * both sides, 0.3 ms longer.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000,1000000' },
    calls: { type: 'string', default: '1,10,100' },
    clients: { type: 'string', default: '1,8' },
    durabilities: { type: 'string', default: 'full,normal' },
    seconds: { type: 'string', default: '3' },
    client: { type: 'string', default: 'fetch' },
    slower: { type: 'string' },
  },
});
const list = (text: string) => text.split(',').map(Number);
const cells = list(values.clients).flatMap(clients =>
  list(values.calls).map(perCall => ({ clients, perCall })),
);
const seconds = Number(values.seconds);

const scratch = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true }));
console.log(`One sync of this disk takes ${syncMillis(scratch).toFixed(2)} ms.`);
if (values.slower !== undefined) {
  Object.assign(process.env, slowerDisk(scratch, Number(values.slower)));
  console.log(`Each is made ${values.slower} ms slower.`);
}

for (const durability of values.durabilities.split(',')) {
  console.log(
    `\nsynchronous=${durability.toUpperCase()}: files reserved and done a second (${seconds} s a figure, by ${values.client})\n`,
  );
  console.log('project size  clients  files a call     sluice/s      floor/s   ratio');
  for (const size of list(values.sizes)) await benchSize(durability, size);
}

async function benchSize(durability: string, size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const floor = start('floor-server.ts', [join(folder, 'floor.db'), durability]);
  const sluice = start('sluice-server.ts', [join(folder, 'sluice'), durability]);
  try {
    const floorUrl = String((await nextMessage(floor)).url);
    const stock = new Stock(String((await nextMessage(sluice)).url), size);
    await stock.of(1);
    sluice.send('memory');
    const { peakMegabytes } = await nextMessage(sluice);
    console.log(
      `${formatCount(size)} files loaded in ${stock.loadSeconds.toFixed(1)} s; the server's peak memory: ${Number(peakMegabytes).toFixed(0)} MB`,
    );
    for (const { clients, perCall } of cells) {
      const least = await load(floorUrl, '', perCall, clients, seconds, values.client);
      const projects = await stock.of(least * (seconds + 1));
      const rate = await load(
        stock.server,
        projects.map(pathOf).join(),
        perCall,
        clients,
        seconds,
        values.client,
      );
      row(size, clients, perCall, rate, least);
    }
  } finally {
    await Promise.all([stop(floor), stop(sluice)]);
    rmSync(folder, { recursive: true });
  }
}

function pathOf(project: number): string {
  return `/v1/projects/${project}`;
}

function row(size: number, clients: number, perCall: number, rate: number, least: number): void {
  const cell = (text: string, width: number) => text.padStart(width);
  console.log(
    cell(formatCount(size), 12) +
      cell(String(clients), 9) +
      cell(String(perCall), 14) +
      cell(formatCount(Math.round(rate)), 13) +
      cell(formatCount(Math.round(least)), 13) +
      cell((rate / least).toFixed(2), 8),
  );
}
