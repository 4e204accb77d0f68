import type { Kind } from '../plan.ts';
import type { Mutant } from './mutant.ts';
import { PROJECT_MUTANTS } from './projects.ts';
import { TASK_MUTANTS } from './tasks.ts';

/** Faults that somebody could have made, and what the seeds are about that must notice them. */
export const MUTANTS: readonly (Mutant & { readonly kind: Kind })[] = [
  ...PROJECT_MUTANTS.map(mutant => ({ ...mutant, kind: 'project' as const })),
  ...TASK_MUTANTS.map(mutant => ({ ...mutant, kind: 'tasks' as const })),
];
