import { Worker } from 'node:worker_threads';
import type { Changes } from '../plan.ts';
import { MUTANTS } from './mutants.ts';

/** A mutant that nobody notices in so many seeds is at large. */
const SEEDS = 10_000;

const HEADING = `# What the simulation notices

Ways to break the code, of which each must break a promise of [reliability.md](reliability.md), and the first seed that
notices. Seeds with a plan of their own, because hardly any other would notice, are followed by what is special in it.
Written by \`npm run --silent simulate -- --mutants --threads 2 > docs/mutants.md\`.

| broken so | seed | what the simulation says |
|---|---|---|`;

interface Noticed {
  readonly seed: number;
  readonly broken: string;
}

/**
 * Tries every mutant, some at once, and says of each on stderr what became of it. Then prints them all, in Markdown, as
 * docs/mutants.md has them. Answers how many nobody noticed.
 */
export async function reportMutants(threads: number, only: string | undefined): Promise<number> {
  const chosen = [...MUTANTS.entries()].filter(([, { name }]) => name.includes(only ?? ''));
  const rows = new Map<number, string>();
  let atLarge = 0;
  const left = chosen.values();
  const work = async () => {
    for (const [mutant, { name, focus }] of left) {
      const noticed = await tryMutant(mutant);
      if (!noticed) atLarge += 1;
      const cells = noticed
        ? [`${noticed.seed}${among(focus)}`, noticed.broken.split('\n')[0]]
        : [`none of ${SEEDS}${among(focus)}`, ''];
      rows.set(mutant, `| ${[name, ...cells].join(' | ')} |`);
      console.error(`${rows.size} of ${chosen.length}: ${name}: ${cells.join(': ')}`);
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  console.log([HEADING, ...chosen.map(([mutant]) => rows.get(mutant))].join('\n'));
  return atLarge;
}

/** Of which seeds, unless of all. */
function among(focus: Changes | undefined): string {
  return focus ? ` with ${JSON.stringify(focus)}` : '';
}

function tryMutant(mutant: number): Promise<Noticed | undefined> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: { mutant, seeds: SEEDS },
    });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
