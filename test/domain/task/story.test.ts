import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cancel, type EndCommand, end, expire, retry } from '../../../lib/domain/task/end.ts';
import { heartbeat, reserve } from '../../../lib/domain/task/lease.ts';
import { isTerminal, newTask, nextWake, type Task, type TaskPolicy } from '../../../lib/domain/task/task.ts';
import { update } from '../../../lib/domain/task/update.ts';
import { NEVER, ticketFor } from '../../../lib/domain/ticket.ts';
import { TaskModel } from '../../support/model/task-model.ts';

const policies: fc.Arbitrary<TaskPolicy> = fc.record({
  leaseSeconds: fc.integer({ min: 1, max: 60 }),
  timeoutSeconds: fc.option(fc.integer({ min: 1, max: 120 })),
  maxAttempts: fc.integer({ min: 1, max: 4 }),
  retryBackoffSeconds: fc.integer({ min: 0, max: 20 }),
  retryBackoffMaxSeconds: fc.integer({ min: 0, max: 40 }),
  cancelGraceSeconds: fc.integer({ min: 1, max: 30 }),
  startWithinSeconds: fc.integer({ min: 10, max: 300 }),
});

type TokenStep =
  | { do: 'end'; token: number; command: EndCommand }
  | { do: 'update'; token: number; maxlen: number; requestId: string | undefined }
  | { do: 'heartbeat'; token: number };
type Step =
  | TokenStep
  | { do: 'wait'; seconds: number }
  | { do: 'reserve'; requestId: string }
  | { do: 'cancel' }
  | { do: 'retry' }
  | { do: 'expire' };

/** Which of the tokens that were given out, the newest first; more than there are: one that never was. */
const token = fc.constantFrom(0, 0, 0, 1, 2, 9);
const endings: fc.Arbitrary<EndCommand> = fc.oneof(
  fc.constant<EndCommand>({ outcome: 'succeeded', result: { ok: true } }),
  fc.record({
    outcome: fc.constant('failed' as const),
    retry: fc.boolean(),
    begun: fc.boolean(),
    error: fc.constant({ message: 'no space' }),
  }),
  fc.constant<EndCommand>({ outcome: 'released' }),
  fc.constant<EndCommand>({ outcome: 'cancelled' }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('reserve'), requestId: fc.constantFrom('a', 'b', 'c') }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end'), token, command: endings }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('update'),
      token,
      maxlen: fc.integer({ min: 0, max: 4 }),
      requestId: fc.option(fc.constantFrom('u', 'v'), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heartbeat'), token }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' }) },
  { weight: 2, arbitrary: fc.constant({ do: 'retry' }) },
  { weight: 3, arbitrary: fc.constant({ do: 'expire' }) },
);

const START = 1_000_000;
/** A busy machine may take longer than a few seconds. */
const PATIENCE_MILLIS = 60_000;

/** A task and its model, through the same story. */
class Pair {
  task: Task;
  readonly model: TaskModel;
  readonly tokens: { lease: number; attempt: number }[] = [];
  readonly seen: Map<string, number>;
  now = START;
  #events = 0;
  /** When the current ticket comes up. */
  #ticketAt: number;

  constructor(policy: TaskPolicy, notBefore: number, seen: Map<string, number>) {
    const spec = {
      ...{ name: 'n', owner: 'ann', args: {}, title: '', public: false, meta: {}, inputs: {}, outputs: {} },
      ...{ priority: 'normal' as const, replyTo: 'somewhere' },
    };
    this.task = { ...newTask({ queue: 'q', number: 7 }, { spec, policy, notBefore }, START), version: 1 };
    this.model = new TaskModel(policy, notBefore, START);
    this.seen = seen;
    this.#ticketAt = notBefore;
  }

  step(step: Step): void {
    const before = this.task;
    const refused = this.#do(step);
    this.seen.set(refused ?? step.do, (this.seen.get(refused ?? step.do) ?? 0) + 1);
    this.#compare();
    if (isTerminal(before.state) && step.do !== 'retry') expect(this.task.state).toBe(before.state);
  }

  #do(step: Step): string | undefined {
    const { task, model, now } = this;
    if (step.do === 'wait') this.now += step.seconds * 1000;
    else if (step.do === 'reserve') {
      const reserved = reserve(task, { worker: 'w', requestId: step.requestId }, now);
      expect(reserved.outcome).toBe(model.reserve(task.version + 1, step.requestId, now));
      const { lease, attempt } = reserved.task;
      if (reserved.outcome === 'leased' && lease) this.tokens.unshift({ lease: lease.id, attempt });
      if (reserved.outcome === 'leased') this.#write(reserved.task);
      return reserved.outcome;
    } else if (step.do === 'expire') {
      const expired = expire(task, now);
      expect(expired !== undefined).toBe(model.expire(now));
      if (expired) this.#write(expired);
      return expired ? expired.reason : undefined;
    } else if (step.do === 'cancel') {
      const cancelled = cancel(task, 'cancelled', now);
      expect(cancelled.kind).toBe(model.cancel(now));
      if (cancelled.kind === 'cancelled') this.#write(cancelled.task);
      return `cancel ${cancelled.kind}`;
    } else if (step.do === 'retry') {
      const retried = retry(task, now);
      expect(retried !== undefined).toBe(model.retry(now));
      if (retried) this.#write(retried);
    } else return this.#byToken(step, this.tokens[step.token] ?? { lease: 9999, attempt: 1 });
    return undefined;
  }

  #byToken(step: TokenStep, by: { lease: number; attempt: number }): string {
    const { task, model, now } = this;
    if (step.do === 'end') {
      const ended = end(task, by, step.command, now);
      const answer = ended.kind === 'refused' ? ended.reason : ended.kind;
      // A lease that ended long ago is forgotten.
      const expected = model.end(by, step.command, now);
      if (answer !== 'overtaken') expect(answer).toBe(expected);
      if (ended.kind === 'repeated') expect(ended.state).toBe(model.told.get(by.lease));
      if (ended.kind === 'ended') this.#write(ended.task);
      return `end ${answer}`;
    }
    this.#events += 1;
    const { do: _, token: __, ...given } = { maxlen: 0, requestId: undefined, ...step };
    const command = { ...given, event: { n: this.#events } };
    const done = step.do === 'update' ? update(task, by, command, now) : heartbeat(task, by, now);
    const expected = step.do === 'update' ? model.refusal(by) : model.heartbeat(by, now);
    if (done.kind === 'refused') {
      if (done.reason !== 'overtaken') expect(done.reason).toBe(expected);
      return `${step.do} ${done.reason}`;
    }
    expect(expected).toBeUndefined();
    if (step.do === 'update') model.update(command, now);
    this.#write(done.task);
    return `${step.do} ${done.kind}`;
  }

  /** Writes as the use-cases do: with the ticket that the change needs. */
  #write(changed: Task): void {
    const { item, move } = ticketFor(changed, nextWake(changed));
    if (move.kind === 'send') this.#ticketAt = move.visibleAt;
    else if (changed.state === 'running' && this.task.state === 'queued') this.#ticketAt = nextWake(changed);
    const wakeAt =
      changed.state === 'running' && this.task.state === 'queued' ? nextWake(changed) : item.wakeAt;
    this.task = { ...item, wakeAt, version: this.task.version + 1 };
  }

  #compare(): void {
    const { task, model } = this;
    expect(task).toMatchObject({ state: model.state, attempt: model.attempt, lastAttempt: model.most });
    expect(task.lease?.id).toBe(model.held?.lease);
    expect(task.lease?.deadline).toBe(model.held?.until);
    expect(task.history.map(({ event }) => event)).toEqual(model.history);
    expect(task.lastEvent?.event).toEqual(model.lastEvent);
    expect(task.outbox.map(({ id }) => id)).toEqual(model.events.map(event => `q-7.${event}`));
    const times = task.outbox.map(({ at }) => at);
    expect(times, 'the order of events is that of their times').toEqual([...new Set(times)].sort());
    expect(task.attempt).toBeLessThanOrEqual(task.lastAttempt);
    expect(task.lease !== undefined).toBe(task.state === 'running' || task.state === 'cancelling');
    expect(task.endedAt !== undefined).toBe(isTerminal(task.state));
    if (task.state === 'queued')
      expect(task).toMatchObject({ notBefore: model.notBefore, startBy: model.startBy });
    const wake = nextWake(task);
    if (wake !== NEVER) expect(this.#ticketAt, 'the ticket comes up in time').toBeLessThanOrEqual(wake);
  }
}

test('whatever befalls a task, it agrees with the model, keeps its invariants, and its ticket comes up in time', {
  timeout: PATIENCE_MILLIS,
}, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      policies,
      fc.constantFrom(0, START + 5_000),
      fc.array(steps, { minLength: 20, maxLength: 60, size: 'max' }),
      (policy, notBefore, story) => {
        const pair = new Pair(policy, notBefore, seen);
        for (const step of story) pair.step(step);
      },
    ),
    { numRuns: 1000 },
  );
  const answers = [
    ...['leased', 'repeated', 'held', 'not-yet', 'over', 'lease_expired', 'timed_out', 'not_started'],
    ...['grace_over', 'cancel cancelled', 'cancel repeated', 'cancel illegal', 'end ended', 'end repeated'],
    ...['end illegal', 'end settled', 'end expired', 'end unknown', 'update updated', 'heartbeat kept'],
    'heartbeat expired',
  ];
  expect([...seen.keys()]).toEqual(expect.arrayContaining(answers));
});
