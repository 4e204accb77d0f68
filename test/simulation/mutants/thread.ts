import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { MUTANTS } from './mutants.ts';
import { mutated } from './mutated.ts';

/** What a thread is told: the number of the mutant, and how many seeds to try. */
interface Work {
  readonly mutant: number;
  readonly seeds: number;
}

// Runs seeds on code that is broken in one way, and answers the first that notices.
const { mutant: number, seeds }: Work = workerData;
const mutant = MUTANTS[number];
if (!mutant) throw new Error(`there is no mutant ${number}`);
const broken = new URL(`../../../${mutant.file}`, import.meta.url).href;
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url === broken ? { ...loaded, source: mutated(mutant, String(loaded.source)) } : loaded;
  },
});
const { runRange } = await import('../range.ts');
const { kind, focus: changes } = mutant;
const { failures } = await runRange({ first: 1, seeds, kind, changes, mostFailures: 1 });
parentPort?.postMessage(failures[0]);
