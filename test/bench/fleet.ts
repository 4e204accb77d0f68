import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { AWS_LAYOUT } from '../../lib/aws/layout.ts';
import { plots } from './fleet/plots.ts';
import { Outcome, simulate } from './fleet/simulate.ts';
import { tableOf } from './fleet/table-of.ts';

/**
 * A large project and its fleet of workers, in virtual time: see docs/architecture.md.
 *
 *     npm run fleet -- --files 10000000 --workers 100000 --per-call 10 --out fleet-10.json
 *     npm run fleet -- --plot docs/fleet.svg fleet-1.json fleet-10.json
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1000' },
    'per-call': { type: 'string', default: '10' },
    'mean-seconds': { type: 'string', default: '600' },
    'lease-seconds': { type: 'string', default: '7200' },
    'ramp-seconds': { type: 'string', default: '600' },
    'deaths-per-hour': { type: 'string', default: '0.01' },
    seed: { type: 'string', default: '1' },
    'block-bytes': { type: 'string', default: String(AWS_LAYOUT.blockBytes) },
    out: { type: 'string' },
    plot: { type: 'string' },
  },
});

if (values.plot) {
  const outcomes = await Promise.all(
    positionals.map(async path => Outcome.parse(JSON.parse(await readFile(path, 'utf8')))),
  );
  await writeFile(values.plot, plots(outcomes));
  console.log(tableOf(outcomes));
} else {
  const outcome = await simulate({
    files: Number(values.files),
    workers: Number(values.workers),
    perCall: Number(values['per-call']),
    seed: Number(values.seed),
    meanSeconds: Number(values['mean-seconds']),
    sigma: 0.5,
    rampSeconds: Number(values['ramp-seconds']),
    deathsPerHour: Number(values['deaths-per-hour']),
    leaseSeconds: Number(values['lease-seconds']),
    blockBytes: Number(values['block-bytes']),
  });
  console.log(tableOf([outcome]));
  const { user, system } = process.cpuUsage();
  const gib = (process.resourceUsage().maxRSS / 1024 ** 2).toFixed(1);
  console.log(`simulated in ${((user + system) / 60e6).toFixed(1)} min of CPU and ${gib} GiB`);
  if (values.out) {
    await mkdir(dirname(values.out), { recursive: true });
    await writeFile(values.out, JSON.stringify(outcome));
  }
}
