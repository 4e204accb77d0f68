import type { TaskProcess } from './support.ts';
import { takeOne, tasksIn } from './support.ts';

/** A use-case on a small queue, and the state of things that it meets. */
export interface TaskScene {
  readonly name: string;
  readonly stage: (process: TaskProcess) => Promise<unknown>;
  /**
   * The use-case. `token`: of the task that `w` holds, where it holds one; `repeated`: what was asked before is asked
   * again. Answers what its caller is told, as far as that is the same whenever and however often it is asked.
   */
  readonly act: (process: TaskProcess, token: string, repeated: boolean) => Promise<unknown>;
  /** The code with which a repetition is refused of what was done the first time; others are answered. */
  readonly refusedAgain?: string;
  readonly concurrency?: number;
  /** How many tasks there are in the end, if the act was answered. */
  readonly tasks: number;
  /** Where it was cut off there may be more or fewer. */
  readonly orElse?: readonly number[];
}

export const LEASE_SECONDS = 60;
const SETTINGS = {
  leaseSeconds: LEASE_SECONDS,
  retryBackoffSeconds: 0,
  cancelGraceSeconds: 30,
  maxAttempts: 4,
};

const one = { name: 'n', queue: 'q', replyTo: 'memory:' };
const key = { ...one, dedupKey: 'k' };

async function staged(process: TaskProcess, count: number, concurrency?: number): Promise<void> {
  await process.queue('q', { ...SETTINGS, ...(concurrency && { concurrency }) });
  if (count > 0) await process.submitMany({ tasks: Array.from({ length: count }, () => one) });
}

async function held(process: TaskProcess, count: number, concurrency?: number): Promise<void> {
  await staged(process, count, concurrency);
  await takeOne(process);
}

const ask = { worker: 'v', queues: ['q'], requestId: 'r' };
const byTicket = { worker: 'w', queue: 'q', number: 1, generation: 1 };
const overdue = (process: TaskProcess) => process.world.clock.sleep(LEASE_SECONDS * 1000);

/** Asks for tasks. What was given in an answer that was lost is given again: no attempt is used up by that. */
const reserving =
  (count: number, attempt = 1) =>
  async (process: TaskProcess, _token: string, repeated: boolean) =>
    tasksIn(await process.reserve({ ...ask, count, repeated })).filter(({ task }) => task.attempt > attempt);

export const TASK_SCENES: readonly TaskScene[] = [
  {
    name: 'submitting a task',
    stage: process => staged(process, 0),
    act: async process => (await process.submit(one)).state,
    tasks: 1,
    orElse: [0, 1, 2],
  },
  {
    name: 'submitting a task with a key',
    stage: process => staged(process, 0),
    act: async process => (await process.submit(key)).state,
    tasks: 1,
    orElse: [0, 1],
  },
  {
    name: 'submitting a task whose key is known',
    async stage(process) {
      await staged(process, 0);
      await process.submit(key);
    },
    act: async process => (await process.submit(key)).state,
    tasks: 1,
  },
  {
    name: 'submitting parts of a task',
    stage: process => held(process, 1),
    async act(process) {
      const parts = [one, one, one].map(part => ({ ...part, parent: 'q-1' }));
      return (await process.submitMany({ tasks: parts })).tasks.map(({ state }) => state);
    },
    tasks: 4,
    orElse: [1, 2, 3, 4, 5, 6, 7],
  },
  { name: 'reserving', stage: process => staged(process, 2), act: reserving(1), tasks: 2 },
  {
    name: 'reserving all there are',
    stage: process => staged(process, 3),
    act: reserving(5),
    tasks: 3,
  },
  {
    name: 'reserving where two may run',
    stage: process => held(process, 3, 2),
    act: reserving(5),
    concurrency: 2,
    tasks: 3,
  },
  {
    name: 'reserving where two may run, once a lease ran out',
    async stage(process) {
      await held(process, 4, 2);
      await process.reserve({ ...ask, requestId: 'other' });
      await overdue(process);
    },
    act: reserving(5, 2),
    concurrency: 2,
    tasks: 4,
  },
  {
    name: 'reserving what ran out',
    async stage(process) {
      await held(process, 1);
      await overdue(process);
    },
    act: reserving(1, 2),
    tasks: 1,
  },
  {
    name: 'reserving by a ticket',
    stage: process => staged(process, 1),
    act: async process => (await process.reserveByTicket({ ...byTicket, requestId: 'r' })).status,
    tasks: 1,
  },
  {
    name: 'reserving by a ticket what may not run yet',
    stage: process => held(process, 2, 1),
    act: async process => (await process.reserveByTicket({ ...byTicket, number: 2 })).status,
    concurrency: 1,
    tasks: 2,
  },
  {
    name: 'failing a task that was reserved by a ticket',
    async stage(process) {
      await staged(process, 1);
      await process.reserveByTicket(byTicket);
      process.world.queues.drop('t-q-normal');
    },
    act: async (process, token) =>
      (await process.end({ token, outcome: 'failed', error: { message: 'no' } })).state,
    tasks: 1,
  },
  {
    name: 'telling of a task',
    stage: process => held(process, 1),
    async act(process, token) {
      await process.update({ token, event: { n: 1 }, requestId: 'u' });
      return (await process.show('q-1')).history.map(({ event }) => event);
    },
    tasks: 1,
  },
  {
    name: 'writing to the log of a task',
    stage: process => held(process, 1),
    async act(process, token) {
      await process.log({ token, text: `${'x'.repeat(9000)}\n`, from: 0 });
      return (await process.readLog('q-1')).text.length;
    },
    tasks: 1,
  },
  {
    name: 'a heartbeat',
    stage: process => held(process, 1),
    async act(process, token) {
      const { kept, ...others } = await process.heartbeat({ tokens: [token] });
      return { kept: kept.length, ...others };
    },
    tasks: 1,
  },
  ...(['succeeded', 'released'] as const).map(outcome => ({
    name: `ending a task as ${outcome}, where one may run`,
    stage: (process: TaskProcess) => held(process, 2, 1),
    act: async (process: TaskProcess, token: string) => (await process.end({ token, outcome })).state,
    concurrency: 1,
    tasks: 2,
  })),
  {
    name: 'failing a task that is tried again',
    stage: process => held(process, 1),
    act: async (process, token) =>
      (await process.end({ token, outcome: 'failed', error: { message: 'no' } })).state,
    tasks: 1,
  },
  {
    name: 'failing a task for good',
    stage: process => held(process, 1),
    act: async (process, token) =>
      (await process.end({ token, outcome: 'failed', retry: false, error: { message: 'no' } })).state,
    tasks: 1,
  },
  {
    name: 'cancelling a queued task with parts',
    async stage(process) {
      await staged(process, 1);
      await process.submitMany({ tasks: [one, one].map(part => ({ ...part, parent: 'q-1' })) });
    },
    act: async process => (await process.cancel('q-1')).state,
    tasks: 3,
  },
  {
    name: 'cancelling a running task',
    stage: process => held(process, 1),
    act: async process => (await process.cancel('q-1')).state,
    tasks: 1,
  },
  {
    name: 'retrying a failed task',
    async stage(process) {
      await held(process, 1);
      const { tasks } = await process.held({ worker: 'w' });
      const [{ token } = { token: '' }] = tasks;
      await process.end({ token, outcome: 'failed', retry: false, error: { message: 'no' } });
    },
    act: async process => (await process.retry('q-1')).state,
    tasks: 1,
  },
  {
    name: 'deleting a task with a key and parts',
    async stage(process) {
      await staged(process, 0);
      await process.submit(key);
      await process.submit({ ...one, parent: 'q-1' });
      await process.cancel('q-1');
    },
    act: process => process.delete('q-1'),
    refusedAgain: 'task_unknown',
    tasks: 1,
    orElse: [1, 2],
  },
  {
    name: 'deleting a task with a log',
    async stage(process) {
      await held(process, 1);
      const { tasks } = await process.held({ worker: 'w' });
      const [{ token } = { token: '' }] = tasks;
      await process.log({ token, text: `${'x'.repeat(9000)}\n` });
      await process.end({ token, outcome: 'succeeded' });
    },
    act: process => process.delete('q-1'),
    refusedAgain: 'task_unknown',
    tasks: 0,
    orElse: [1],
  },
  ...(['pause', 'resume'] as const).map(verb => ({
    name: `${verb} of a queue`,
    stage: (process: TaskProcess) => held(process, 2),
    act: async (process: TaskProcess) => (await process[verb]('q')).paused,
    tasks: 2,
  })),
  {
    name: 'changing a queue',
    stage: process => held(process, 2),
    act: async process => (await process.queue('q', { ...SETTINGS, title: 'other' })).title,
    tasks: 2,
  },
  {
    name: 'a sweep once tasks need not be kept',
    async stage(process) {
      await process.queue('q', { ...SETTINGS, retentionSeconds: LEASE_SECONDS });
      await process.submitMany({ tasks: [key, one] });
      await process.cancel('q-1');
      await process.cancel('q-2');
      await process.world.clock.sleep(LEASE_SECONDS * 1000);
    },
    act: process => process.sweep(),
    tasks: 0,
    orElse: [1, 2],
  },
  {
    name: 'a sweep once leases ran out',
    async stage(process) {
      await staged(process, 3, 2);
      tasksIn(await process.reserve({ ...ask, count: 2 }));
      await overdue(process);
    },
    act: process => process.sweep(),
    concurrency: 2,
    tasks: 3,
  },
];
