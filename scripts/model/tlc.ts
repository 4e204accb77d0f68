import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../docs/spec', import.meta.url));

export interface ExploreOptions {
  readonly jar: string;
  readonly gigabytes: number;
  readonly millis: number;
  /** The rule to switch off. */
  readonly mutant?: string;
}

/** What TLC found. */
export interface Explored {
  /** States met, those included that were known. */
  readonly states: number;
  readonly distinct: number;
  /** Steps of the longest way to a state that is not known from a shorter one; only of a whole search. */
  readonly depth: number | undefined;
  readonly seconds: number;
  /** The first property found violated. */
  readonly violated: string | undefined;
}

/** Explores a size of the model, all its states or until a property is violated. Fails when TLC comes to no end. */
export async function explore(size: string, options: ExploreOptions): Promise<Explored> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-model-'));
  try {
    const config = join(folder, `${size}.cfg`);
    const text = await readFile(join(FOLDER, `${size}.cfg`), 'utf8');
    await writeFile(config, text.replace('Mutant = "none"', `Mutant = "${options.mutant ?? 'none'}"`));
    const begun = performance.now();
    const output = await runTlc(size, config, folder, options);
    return { ...figuresOf(output), seconds: (performance.now() - begun) / 1000 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** There are two models; sizes of the one of tasks begin with that word. */
function moduleOf(size: string): string {
  return size.startsWith('tasks') ? 'Tasks.tla' : 'Sluice.tla';
}

async function runTlc(
  size: string,
  config: string,
  folder: string,
  options: ExploreOptions,
): Promise<string> {
  const java = [`-Xmx${options.gigabytes}g`, '-XX:+UseParallelGC', '-cp', options.jar, 'tlc2.TLC'];
  // Liveness is looked at once, when all states are known.
  const tlc = ['-workers', '2', '-lncheck', 'final', '-metadir', folder];
  const child = spawn('java', [...java, ...tlc, '-config', config, moduleOf(size)], {
    cwd: FOLDER,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: options.millis,
  });
  const ended = new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  let output = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('Progress(')) console.error(`${size}: ${line}`);
    output += `${line}\n`;
  }
  await ended;
  return output;
}

/** Reads TLC's report. */
function figuresOf(output: string): Omit<Explored, 'seconds'> {
  const [, states, distinct] = /^(\d+) states generated, (\d+) distinct states found/m.exec(output) ?? [];
  const [, depth] = /depth of the complete state graph search is (\d+)/.exec(output) ?? [];
  const [, rule] = /(?:Invariant|Action property) (\w+) is violated/.exec(output) ?? [];
  const violated = rule ?? (output.includes('Temporal properties were violated') ? 'Ends' : undefined);
  const isWhole = output.includes('No error has been found');
  if (states === undefined || distinct === undefined || (!violated && !isWhole))
    throw new Error(`TLC came to no end:\n${output.slice(-4000)}`);
  return {
    states: Number(states),
    distinct: Number(distinct),
    depth: depth === undefined ? undefined : Number(depth),
    violated,
  };
}
