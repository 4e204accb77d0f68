/** A rule of the protocol that the model can do without, and what must then be found violated. */
interface Mutant {
  /** As `Mutant` is called in the model. */
  readonly rule: string;
  /** The size in which it shows. */
  readonly size: string;
  /** Any of them: which is found first depends on who is quicker. */
  readonly violates: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  { rule: 'no fence', size: 'leases', violates: ['TokensAreCurrent'] },
  { rule: 'no compare-and-set', size: 'leases', violates: ['OneHolder', 'TokensAreCurrent'] },
  { rule: 'write before send', size: 'endless', violates: ['HasTicket'] },
  { rule: 'delete before closing', size: 'finish', violates: ['EndInSight'] },
  { rule: 'no lives', size: 'closing', violates: ['TreeIsTrue'] },
  { rule: 'reopened by state', size: 'closing', violates: ['TreeIsTrue'] },
  { rule: 'no epoch', size: 'ends-restart', violates: ['EndIsTrue'] },
  { rule: 'closings not swept', size: 'ends', violates: ['Ends'] },
  { rule: 'no fence', size: 'tasks-leases', violates: ['TokensAreCurrent'] },
  { rule: 'no compare-and-set', size: 'tasks-leases', violates: ['EndsAreFinal'] },
  { rule: 'write before send', size: 'tasks-leases', violates: ['HasTicket'] },
  { rule: 'lease before place', size: 'tasks-places', violates: ['LimitIsKept'] },
  { rule: 'place by time', size: 'tasks-places', violates: ['LimitIsKept'] },
  { rule: 'free before end', size: 'tasks-places', violates: ['LimitIsKept'] },
  { rule: 'no grace', size: 'tasks-ends', violates: ['Ends'] },
];
