import type { ProjectRecord } from '../../../lib/dispatch/project-record.ts';
import {
  attemptsOf,
  type Block,
  EXPIRED,
  isTerminal,
  isWait,
  type Lease,
  leaseOf,
  slotState,
  triesOf,
} from '../../../lib/domain/block/block.ts';
import { formatToken } from '../../../lib/domain/token.ts';
import type { Witness } from './witness.ts';

/** One write of a block. */
export interface BlockChange {
  readonly project: ProjectRecord;
  readonly number: number;
  readonly was: Block;
  readonly is: Block;
  /** It makes files ready again that a restart selected. */
  readonly isRestart: boolean;
  /** ms since 1970. */
  readonly now: number;
}

/** Checks what one write of a block does to one file. */
export function watchSlot(witness: Witness, change: BlockChange, slot: number): void {
  const { project, number, was, is, isRestart } = change;
  const name = `file ${slot} of block ${number} of project ${project.id}`;
  const from = was.slots[slot] ?? '';
  const to = is.slots[slot] ?? '';
  const most = project.maxAttempts ?? Number.POSITIVE_INFINITY;
  witness.check(attemptsOf(is, slot) <= most, `${name} is in attempt ${attemptsOf(is, slot)} of ${most}`);
  witness.check(isRestart || triesOf(is, slot) >= triesOf(was, slot), `${name} got attempts back`);
  const held = leaseOf(was, slot);
  if (held) watchHeld(witness, change, slot, name, held);
  else if (isTerminal(from)) witness.check(isRestart || from === to, `${name} went from ${from} to ${to}`);
  else {
    witness.check(!isTerminal(to), `${name} became ${to} though nobody held it`);
    const isEarly =
      isWait(from) && (was.waits[Number(from)] ?? 0) > change.now && slotState(to) === 'reserved';
    witness.check(!isEarly, `${name} was reserved before its backoff was over`);
  }
}

/** A file that a worker held: it keeps it, or reported it, or its lease ran out, or a restart took it away. */
function watchHeld(
  witness: Witness,
  { project, number, was, is, isRestart, now }: BlockChange,
  slot: number,
  name: string,
  held: Lease,
): void {
  const holds = leaseOf(is, slot);
  if (held.id === holds?.id) {
    const isKept = (holds.deadline ?? now) >= (held.deadline ?? now);
    witness.check(isKept, `the lease of ${name} was shortened`);
    return;
  }
  const to = is.slots[slot] ?? '';
  const ranOut = held.deadline !== null && held.deadline <= now;
  const isReported = is.past.some(({ id, slots }) => id === held.id && slots.includes(slot));
  witness.check(ranOut || isReported || isRestart, `${name} was taken from its worker`);
  witness.check(to !== EXPIRED || ranOut, `${name} failed before its lease ran out`);
  if (!isReported) return;
  const attempt = triesOf(was, slot) + 1;
  const token = formatToken({ project: project.id, block: number, slot, attempt, lease: held.id });
  witness.check(!witness.settled.has(token), `${name} was settled twice by ${token}`);
  // Given back and reserved anew in the same write: the report left it ready.
  witness.settled.set(token, slotState(to) === 'reserved' ? 'ready' : slotState(to));
}
