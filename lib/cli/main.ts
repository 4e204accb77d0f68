import { runProcess } from './frame/run-process.ts';
import { tree } from './tree.ts';

/** The command line `sluice`, as `bin/sluice.js` starts it. */
export function main(): Promise<never> {
  return runProcess(tree);
}
