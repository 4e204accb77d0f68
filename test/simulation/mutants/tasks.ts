import type { Mutant } from './mutant.ts';

const DOMAIN = 'lib/domain/task';
const DISPATCH = 'lib/dispatch/tasks';

/** Ways to break what is promised of tasks. */
export const TASK_MUTANTS: readonly Mutant[] = [
  {
    name: 'the end of a task counts whatever token it bears',
    file: `${DOMAIN}/lease.ts`,
    text: "if (task.lease?.id === lease) return task.attempt === attempt ? task.lease : 'unknown';",
    becomes: 'if (task.lease && lease + attempt > 0) return task.lease;',
  },
  {
    name: 'a task is tried again without end',
    file: `${DOMAIN}/end.ts`,
    text: 'if (!retry || task.attempt >= task.lastAttempt)',
    becomes: 'if (!retry)',
  },
  {
    name: 'a task that was given back has used up an attempt',
    file: `${DOMAIN}/end.ts`,
    text: 'attempt: task.attempt - 1',
    becomes: 'attempt: task.attempt',
  },
  {
    name: 'the backoff of a task is forgotten',
    file: `${DOMAIN}/end.ts`,
    text: 'now + backoffMillis(task.policy, attemptsOf(task))',
    becomes: 'now + 0 * backoffMillis(task.policy, attemptsOf(task))',
  },
  {
    name: 'a repeated end of a task is refused',
    file: `${DOMAIN}/end.ts`,
    text: "return said ? { kind: 'repeated', state: said.left } : { kind: 'refused', reason: 'settled' };",
    becomes:
      "return said?.left === 'scheduled' ? { kind: 'repeated', state: said.left } : { kind: 'refused', reason: 'settled' };",
  },
  {
    name: 'a task whose worker does not end it is cancelling for ever',
    file: `${DOMAIN}/end.ts`,
    text: "if (state === 'cancelling') return stop(task, 'grace_over', 'expired', now);",
    becomes: "if (state === 'cancelling') return undefined;",
  },
  {
    name: 'the lease of a task ends ten seconds early',
    file: `${DOMAIN}/end.ts`,
    text: 'if (!lease || lease.deadline > now) return undefined;',
    becomes: 'if (!lease || lease.deadline - 10_000 > now) return undefined;',
  },
  {
    name: 'a lease extends an attempt beyond its time',
    file: `${DOMAIN}/lease.ts`,
    text: 'return Math.ceil(Math.min(now + leaseSeconds * 1000, end));',
    becomes: 'return Math.ceil(Math.max(now + leaseSeconds * 1000, end - end));',
  },
  {
    name: 'a task is begun before its time',
    file: `${DOMAIN}/lease.ts`,
    text: "if (notBefore > now) return { task, outcome: 'not-yet' };",
    becomes: "if (notBefore < 0) return { task, outcome: 'not-yet' };",
  },
  {
    name: 'the history of a task is not trimmed',
    file: `${DOMAIN}/update.ts`,
    text: 'return maxlen === 0 ? [] : history.slice(-maxlen);',
    becomes: 'return maxlen === 0 ? [] : history;',
  },
  {
    name: 'the history of a task is trimmed to one too few',
    file: `${DOMAIN}/update.ts`,
    text: 'history.slice(-maxlen)',
    becomes: 'history.slice(-maxlen).slice(maxlen > 1 && history.length > maxlen ? 1 : 0)',
  },
  {
    name: 'an update that is repeated is told twice',
    file: `${DOMAIN}/update.ts`,
    text: 'updateIds.includes(requestId)',
    becomes: 'updateIds.length < 0',
  },
  {
    name: 'events of a task that have one name are taken for one',
    file: `${DOMAIN}/outbox.ts`,
    text: 'const number = (task.told?.number ?? 0) + 1;',
    becomes: 'const number = task.told?.number ?? 1;',
  },
  {
    name: 'an event that could not be told is forgotten',
    file: 'lib/dispatch/events/outgoing.ts',
    text: 'if (before.length === 0 && !failure) return;',
    becomes: 'if (before.length === 0) return;',
  },
  {
    name: 'a heartbeat of tasks is answered and not written',
    file: `${DISPATCH}/heartbeat-tasks.ts`,
    text: '      task: beat.task,\n',
    becomes: '',
  },
  {
    name: 'tasks are written before their tickets are sent',
    file: `${DISPATCH}/submit-tasks.ts`,
    text: `  await sendTickets(context, fresh);
  const made: ShownTask[] = [];
  for await (const task of inOrder(tasks, context.layout.requestsAtOnce, one => make(context, one)))
    made.push(viewTask(context, task));
`,
    becomes: `  const made: ShownTask[] = [];
  for await (const task of inOrder(tasks, context.layout.requestsAtOnce, one => make(context, one)))
    made.push(viewTask(context, task));
  await sendTickets(context, fresh);
`,
  },
  {
    name: 'a key is for one submit only',
    file: `${DISPATCH}/dedup.ts`,
    text: 'if (known && known.until > now) return { written: known.number };',
    becomes: '',
  },
  {
    name: 'a task is changed before its fresh ticket is sent',
    file: `${DISPATCH}/change-task.ts`,
    text: `  if (move.kind === 'send')
    await context.tickets.send(ticketQueueOf(item.queue, item.spec.priority), [
      { block: item.number, generation: move.generation, visibleAt: move.visibleAt },
    ]);
  return writeChange(context, before, item);`,
    becomes: `  const isWritten = await writeChange(context, before, item);
  if (move.kind === 'send')
    await context.tickets.send(ticketQueueOf(item.queue, item.spec.priority), [
      { block: item.number, generation: move.generation, visibleAt: move.visibleAt },
    ]);
  return isWritten;`,
  },
  {
    name: 'a fresh ticket of a task is not sent',
    file: `${DISPATCH}/change-task.ts`,
    text: "if (move.kind === 'send')",
    becomes: "if (move.kind === 'send' && move.generation < 0)",
  },
  {
    name: 'a task is changed though another write came first',
    file: `${DISPATCH}/change-task.ts`,
    text: 'if (!(await writeTask(context, after))) return false;',
    becomes: 'await writeTask(context, after);',
  },
  {
    name: 'a ticket that comes before its task is deleted',
    file: `${DISPATCH}/take-task.ts`,
    text: 'await lookAgain(context, ticketQueue, ticket);',
    becomes: 'await discard(context, ticketQueue, ticket);',
  },
  {
    name: 'the ticket of a task is deleted when the task is given',
    file: `${DISPATCH}/take-task.ts`,
    text: 'if (isTerminal(after.state)) await discard(context, ticketQueue, ticket);',
    becomes: 'if (isTerminal(after.state) || after.lease) await discard(context, ticketQueue, ticket);',
  },
  {
    name: 'a worker that takes a task does not end an overdue lease',
    file: `${DISPATCH}/take-task.ts`,
    text: 'const overdue = expire(task, now) ?? task;',
    becomes: 'const overdue = expire(task, 0) ?? task;',
  },
  {
    name: 'a part is begun though its whole was cancelled',
    file: `${DISPATCH}/take-task.ts`,
    text: 'if (!parent || !isCancelled(parent.state)) return undefined;',
    becomes: "if (parent?.state !== 'cancelling') return undefined;",
    focus: {
      parts: 0.6,
      meanwhile: 'cancel',
      tasks: 6,
      limit: null,
      faults: ['worker-killed', 'killed', 'timed-out'],
    },
  },
  {
    name: 'a worker is given tasks of any name',
    file: `${DISPATCH}/take-task.ts`,
    text: 'wanted.names?.includes(task.spec.name) ?? true',
    becomes: 'true',
  },
  {
    name: 'a queue that is paused hands out tasks',
    file: `${DISPATCH}/reserve-tasks.ts`,
    text: 'queue.paused ? Number.POSITIVE_INFINITY : await',
    becomes: 'await',
  },
  {
    name: 'a task is begun though its queue is full',
    file: `${DISPATCH}/take-place.ts`,
    text: 'const isFree = kept.length < concurrency;',
    becomes: 'const isFree = true;',
  },
  {
    name: 'a place in a queue is kept for ever',
    file: `${DISPATCH}/take-place.ts`,
    text: 'const lookAt = place.lookAt > context.clock.now() ? place.lookAt : await runsUntil(context, queue, place);',
    becomes: 'const lookAt = place.lookAt < 0 ? await runsUntil(context, queue, place) : place.lookAt;',
  },
  {
    name: 'a place is taken from who is about to begin',
    file: `${DISPATCH}/take-place.ts`,
    text: 'return mayStart && !(await writeTask(context, task)) ? place.lookAt : undefined;',
    becomes: 'return mayStart && place.lookAt < 0 ? place.lookAt : undefined;',
    focus: {
      limit: 1,
      tasks: 4,
      workers: 3,
      leaseSeconds: 10,
      hasSweep: true,
      faults: ['slow'],
      intensity: 3,
    },
  },
];
