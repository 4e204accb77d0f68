import type { Mutant } from './mutant.ts';

const DOMAIN = 'lib/domain/block';
const DISPATCH = 'lib/dispatch';

/** Ways to break what is promised of projects. */
export const PROJECT_MUTANTS: readonly Mutant[] = [
  {
    name: 'a report counts whatever token it bears',
    file: `${DOMAIN}/report.ts`,
    text: 'return lease.id === by.lease && triesAt(draft, slot) + 1 === by.attempt ? lease : undefined;',
    becomes: 'return lease;',
  },
  {
    name: 'a retry is granted without end',
    file: `${DOMAIN}/report.ts`,
    text: "if (verdict === 'retry') return mayRetry(policy, attempt) ? 'ready' : 'failed';",
    becomes: "if (verdict === 'retry') return 'ready';",
  },
  {
    name: 'a file that was given back has used up an attempt',
    file: `${DOMAIN}/report.ts`,
    text: "if (verdict === 'release') return READY;",
    becomes: '',
  },
  {
    name: 'a retry is not counted',
    file: `${DOMAIN}/report.ts`,
    text: 'triesIn(draft)[slot] = attempt;',
    becomes: '',
  },
  {
    name: 'a retry is counted twice',
    file: `${DOMAIN}/report.ts`,
    text: 'triesIn(draft)[slot] = attempt;',
    becomes: 'triesIn(draft)[slot] = attempt + 1;',
  },
  {
    name: 'the backoff is forgotten',
    file: `${DOMAIN}/report.ts`,
    text: 'return wait === 0 ? READY : waitDigit(draft.waits, now + wait);',
    becomes: 'return READY;',
  },
  {
    name: 'a repeated done is refused',
    file: `${DOMAIN}/report.ts`,
    text: "if (isLast && attempt === ended + 1 && mark === DONE) return { left: 'done', attempt };",
    becomes: '',
  },
  {
    name: 'what was reported otherwise before is called a repetition',
    file: `${DOMAIN}/report.ts`,
    text: 'return stateAfter(verdict, before.attempt, policy) === before.left',
    becomes: 'return before.left',
  },
  {
    name: 'a backoff ends five seconds early',
    file: `${DOMAIN}/draft.ts`,
    text: '(draft.waits[Number(mark)] ?? 0) <= now)',
    becomes: '(draft.waits[Number(mark)] ?? 0) <= now + 5_000)',
  },
  {
    name: 'all leases of a block have one number',
    file: `${DOMAIN}/reserve.ts`,
    text: 'id: draft.block.version + 1,',
    becomes: 'id: 1,',
  },
  {
    name: 'a reserve does not end overdue leases',
    file: `${DOMAIN}/reserve.ts`,
    text: 'const failed = expireLeases(draft, policy, now);',
    becomes: 'const failed: ExpiredSlot[] = [];',
  },
  {
    name: 'leases end ten seconds early',
    file: `${DOMAIN}/expire.ts`,
    text: 'draft.leases.filter(({ deadline }) => deadline !== null && deadline <= now)',
    becomes: 'draft.leases.filter(({ deadline }) => deadline !== null && deadline <= now + 10_000)',
  },
  {
    name: 'an attempt whose lease ran out is not counted',
    file: `${DOMAIN}/expire.ts`,
    text: 'tries[slot] = attempt;',
    becomes: '',
  },
  {
    name: 'a lease that runs out is always tried again',
    file: `${DOMAIN}/expire.ts`,
    text: "policy.onLeaseExpiry === 'retry' && mayRetry(policy, attempt)",
    becomes: 'mayRetry(policy, attempt)',
  },
  {
    name: 'a lease that runs out is tried again beyond the last attempt',
    file: `${DOMAIN}/expire.ts`,
    text: "policy.onLeaseExpiry === 'retry' && mayRetry(policy, attempt)",
    becomes: "policy.onLeaseExpiry === 'retry'",
  },
  {
    name: 'a heartbeat ends the lease',
    file: `${DOMAIN}/heartbeat.ts`,
    text: 'Math.max(lease.deadline, now + leaseMillis)',
    becomes: 'now',
  },
  {
    name: 'a heartbeat is answered and not written',
    file: `${DISPATCH}/heartbeat.ts`,
    text: '...(kept.length > 0 && { block: extended })',
    becomes: '...(kept.length < 0 && { block: extended })',
  },
  {
    name: 'a heartbeat is not fenced by the token',
    file: `${DISPATCH}/heartbeat.ts`,
    text: 'const found = kept.find(({ lease, slots }) => lease.id === token.lease && slots.includes(token.slot));',
    becomes: 'const found = kept.at(0);',
  },
  {
    name: 'a block never moves to a fresh ticket',
    file: 'lib/domain/ticket.ts',
    text: 'if (wake >= item.wakeAt) return',
    becomes: 'if (wake >= 0) return',
  },
  {
    name: 'the generation is ignored: a ticket of any other is deleted',
    file: `${DISPATCH}/take.ts`,
    text: 'if (ticket.generation > block.generation) return lookAgain(context, queue, ticket);',
    becomes: 'if (ticket.generation !== block.generation) return discard(context, queue, ticket);',
  },
  {
    name: 'a ticket is deleted before the close is recorded',
    file: `${DISPATCH}/take.ts`,
    text: `      await recordClosed(context, project, ticket.block, block);
      return discard(context, queue, ticket);`,
    becomes: `      await discard(context, queue, ticket);
      await recordClosed(context, project, ticket.block, block);
      return NOTHING;`,
  },
  {
    name: 'a ticket of a closed block is deleted, and the close never recorded',
    file: `${DISPATCH}/take.ts`,
    text: `      await recordClosed(context, project, ticket.block, block);
      return discard(context, queue, ticket);`,
    becomes: '      return discard(context, queue, ticket);',
  },
  {
    name: 'a ticket is hidden for ever after a lease was made',
    file: `${DISPATCH}/take.ts`,
    text: 'isShunned ? context.clock.now() + UNUSABLE_MILLIS : wakeAt)',
    becomes: 'isShunned ? context.clock.now() + UNUSABLE_MILLIS : Number.MAX_SAFE_INTEGER)',
  },
  {
    name: 'a reservation is handed out though another write came first',
    file: `${DISPATCH}/take.ts`,
    text: 'if (!(await writeBlock(context, project.id, ticket.block, { ...block, wakeAt }))) return false;',
    becomes: 'await writeBlock(context, project.id, ticket.block, { ...block, wakeAt });',
  },
  {
    name: 'a report is accepted though another write came first',
    file: `${DISPATCH}/change-block.ts`,
    text: 'if (!(await writeBlock(context, project.id, number, block))) return false;',
    becomes: 'await writeBlock(context, project.id, number, block);',
  },
  {
    name: 'a block is written before its fresh ticket is sent',
    file: `${DISPATCH}/change-block.ts`,
    text: `  if (move.kind === 'send')
    await context.tickets.send(queueOfBlock(project, number), [
      { block: number, generation: move.generation, visibleAt: move.visibleAt },
    ]);
  if (!(await writeBlock(context, project.id, number, block))) return false;`,
    becomes: `  if (!(await writeBlock(context, project.id, number, block))) return false;
  if (move.kind === 'send')
    await context.tickets.send(queueOfBlock(project, number), [
      { block: number, generation: move.generation, visibleAt: move.visibleAt },
    ]);`,
    focus: {
      hasSweep: false,
      isDeleted: false,
      isEndless: false,
      faults: ['killed', 'timed-out'],
      source: 'inline',
      meddling: 'nothing',
      badLuck: 0.5,
    },
  },
  {
    name: 'a fresh ticket is not sent',
    file: `${DISPATCH}/change-block.ts`,
    text: "if (move.kind === 'send')",
    becomes: "if (move.kind === 'send' && move.generation < 0)",
  },
  {
    name: 'a closing is recorded before the write that closes the block',
    file: `${DISPATCH}/change-block.ts`,
    text: `  if (!(await writeBlock(context, project.id, number, block))) return false;
  if (isClosed(block)) await recordClosed(context, project, number, block);
  return true;`,
    becomes: `  if (isClosed(block)) await recordClosed(context, project, number, block);
  return writeBlock(context, project.id, number, block);`,
  },
  {
    name: 'a closing is not recorded when a report closes the block',
    file: `${DISPATCH}/change-block.ts`,
    text: 'if (isClosed(block)) await recordClosed(context, project, number, block);',
    becomes: '',
  },
  {
    name: 'the first closed block ends the project',
    file: `${DISPATCH}/close.ts`,
    text: `  if (counts.ready + counts.reserved > 0) return;`,
    becomes: '',
  },
  {
    name: 'failures are forgotten at the end',
    file: `${DISPATCH}/close.ts`,
    text: "counts.failed > 0 ? 'end-failed' : 'end-done'",
    becomes: "'end-done'",
  },
  {
    name: 'a project ends during a restart',
    file: `${DISPATCH}/close.ts`,
    text: "if (before.restarting || !nextState(before.state, 'end-done')) return;",
    becomes: "if (!nextState(before.state, 'end-done')) return;",
    focus: { hasSweep: true, meddling: 'restart' },
  },
  {
    name: 'the life of a block is ignored at a restart',
    file: `${DISPATCH}/restart-project.ts`,
    text: 'const reopened = { ...restarted.block, life, restart: project.restarts };',
    becomes:
      'const reopened = { ...restarted.block, restart: project.restarts, life: block.life + 0 * life };',
  },
  {
    name: 'a restart does not go over each block once only',
    file: `${DISPATCH}/restart-project.ts`,
    text: 'if (block.restart >= project.restarts) return { outcome: 0 };',
    becomes: '',
    focus: { hasSweep: true, meddling: 'restart', files: 6, faults: ['job-doubled', 'slow', 'killed'] },
  },
  {
    name: 'a late copy of a cancel, an activation or a restart is obeyed',
    file: `${DISPATCH}/transitions.ts`,
    text: 'if (wasMovedBy(record, request)) return undefined;',
    becomes: '',
    focus: { meddling: 'restart', faults: ['request-doubled'] },
  },
  {
    name: 'a restart sends no ticket for a closed block',
    file: `${DOMAIN}/restart.ts`,
    text: 'const wakeAt = isClosed(block) ? NEVER : block.wakeAt;',
    becomes: 'const wakeAt = isClosed(block) ? 0 : block.wakeAt;',
    focus: { hasSweep: false, isDeleted: false, isEndless: false, meddling: 'restart', faults: [] },
  },
  {
    name: 'a restart leaves the attempts as they were',
    file: `${DOMAIN}/restart.ts`,
    text: 'tries[slot] = 0;',
    becomes: '',
  },
  {
    name: 'lost tickets are never replaced',
    file: `${DISPATCH}/sweep.ts`,
    text: 'else if (isDry(number) && isOverdue(block, room, now))',
    becomes: 'else if (isDry(number) && isOverdue(block, room, 0))',
  },
  {
    name: 'a project that lies idle tries nothing',
    file: `${DISPATCH}/trial.ts`,
    text: 'now - since < LULL_MILLIS',
    becomes: 'now - since >= 0',
    focus: {
      hasSweep: true,
      isEndless: true,
      workers: 1,
      erratic: 0,
      leaseSeconds: 60,
      meddling: 'nothing',
      badLuck: 0.5,
      faults: ['worker-killed', 'worker-paused'],
      intensity: 10,
    },
  },
  {
    name: 'a load that is taken up places its files anew',
    file: `${DISPATCH}/loading.ts`,
    text: `    surveyOf(record)
      ? undefined`,
    becomes: `    surveyOf(record) && record.files < 0
      ? undefined`,
    focus: { hasSweep: true, source: 'manifest', faults: ['killed', 'other-version', 'job-doubled'] },
  },
  {
    name: 'a project is loaded without tickets',
    file: `${DISPATCH}/loading.ts`,
    text: 'for (const range of project.lanes) await sendTickets(context, project, range);',
    becomes: '',
  },
  {
    name: 'a project that is not active is told from memory',
    file: `${DISPATCH}/project-record.ts`,
    text: "if (cached?.record.state !== 'active')",
    becomes: 'if (cached === undefined)',
  },
  {
    name: 'two processes run one job',
    file: `${DISPATCH}/job-lock.ts`,
    text: 'lock.value.by !== by && Number(lock.value.until) > clock.now()',
    becomes: 'false',
  },
  {
    name: 'every attempt uploads under the same key',
    file: `${DISPATCH}/output.ts`,
    text: 'outputKey(project: number, { block, slot }: Place, attempt: number): string {',
    becomes: 'outputKey(project: number, { block, slot }: Place, attempt = 0): string { attempt = 0;',
  },
  {
    name: 'a worker takes the answer to its reports for that of others',
    file: `${DISPATCH}/report.ts`,
    text: 'if (outcome) results[index] = resultOf(item, outcome);',
    becomes: 'if (outcome) results.unshift(resultOf(item, outcome));',
  },
];
