import type { Changes } from '../plan.ts';

/** A way to break the code: a text of a file, replaced by another. */
export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
  /** What the plans of its seeds are to be like, where hardly any would notice it otherwise. */
  readonly focus?: Changes;
}
