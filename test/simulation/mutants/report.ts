import { Worker } from 'node:worker_threads';
import type { Changes } from '../plan.ts';
import { MUTANTS } from './mutants.ts';

/** A mutant that nobody notices in so many seeds is at large. */
const SEEDS = 10_000;

interface Noticed {
  readonly seed: number;
  readonly broken: string;
}

/** Tries every mutant, some at once, and prints which seed notices it. Answers how many nobody did. */
export async function reportMutants(threads: number, only: string | undefined): Promise<number> {
  const left = [...MUTANTS.entries()].filter(([, { name }]) => name.includes(only ?? '')).values();
  let atLarge = 0;
  console.log('| mutant | seed | what broke |\n|---|---|---|');
  const work = async () => {
    for (const [mutant, { name, focus }] of left) {
      const noticed = await tryMutant(mutant);
      if (!noticed) atLarge += 1;
      const cells = noticed
        ? [`${noticed.seed}${among(focus)}`, noticed.broken.split('\n')[0]]
        : [`none of ${SEEDS}${among(focus)}`, ''];
      console.log(`| ${[name, ...cells].join(' | ')} |`);
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
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
