import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { bundleInto, type FunctionName } from '../../infra/bundle.ts';
import { newPlace } from '../cost/place.ts';
import { load, meteredSluice } from '../cost/sluice.ts';

/**
 * Cold starts: a function's bundle is loaded in a fresh process and answers its first call, against an emulator of AWS
 * (`AWS_ENDPOINT_URL`). Medians, in milliseconds; a function of Lambda has a part of such a core.
 *
 *     npm run bench:cold
 */
const RUNS = 7;
const NAMES: readonly FunctionName[] = ['reserve', 'advance', 'done', 'api'];

/** Run in the fresh process: where the bundle is, and what it is asked. */
const PROGRAM = `
  const begun = performance.now();
  const { handler } = await import(process.argv[1]);
  const loaded = performance.now();
  const payload = JSON.parse(process.argv[2]);
  await handler(payload);
  const first = performance.now();
  await handler(payload);
  const second = performance.now();
  console.log(JSON.stringify({ load: loaded - begun, first: first - loaded, second: second - first }));
`;
const Times = z.object({ load: z.number(), first: z.number(), second: z.number() });
type Times = z.infer<typeof Times>;

async function coldStart(bundle: string, payload: object, environment: NodeJS.ProcessEnv): Promise<Times> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, pathToFileURL(bundle).href, JSON.stringify(payload)],
    { env: { ...process.env, ...environment } },
  );
  return Times.parse(JSON.parse(stdout));
}

function median(times: readonly Times[], part: keyof Times): string {
  const sorted = times.map(time => time[part]).sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0);
}

const [place, folder] = [await newPlace(), await mkdtemp(join(tmpdir(), 'sluice-cold-'))];
try {
  const project = await load(meteredSluice(place), place.filesOf(1000));
  const payloads: Partial<Record<FunctionName, object>> = {
    reserve: { project, worker: 'w' },
    advance: { project, worker: 'w', reserve: {} },
    done: { project, done: [{ token: `${project}.0.0.1.1` }] },
    api: { verb: 'reserve', project, worker: 'w' },
  };
  for (const name of NAMES) {
    const bytes = bundleInto(name, join(folder, name));
    const times: Times[] = [];
    for (let run = 0; run < RUNS; run += 1)
      times.push(await coldStart(join(folder, name, 'index.mjs'), payloads[name] ?? {}, place.environment));
    console.log(
      `${name.padEnd(8)} ${(bytes / 1000).toFixed(0)} kB: load ${median(times, 'load')} ms, first call ${median(times, 'first')} ms, second ${median(times, 'second')} ms`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
  await place.remove();
}
