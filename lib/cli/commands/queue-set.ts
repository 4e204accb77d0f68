import { RefusedError } from '../../client/index.ts';
import { type Queue, QueueSettings } from '../../contract/queues.ts';
import type { RouteInput } from '../../contract/routes.ts';
import { QUEUE } from '../arguments.ts';
import { clientFor } from '../client.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand, type OptionValues } from '../frame/command.ts';
import { printJson } from '../print.ts';

const OPTIONS = {
  title: { type: 'string', description: 'what it is for, for people' },
  lease: { type: 'duration', description: 'how long a worker may hold a task without a word' },
  timeout: { type: 'duration', or: 'none', description: 'longest time of one attempt' },
  maxAttempts: { type: 'integer', min: 1, description: 'attempts that a task is given' },
  backoff: { type: 'duration', description: 'wait before the second attempt, doubled for each further one' },
  backoffMax: { type: 'duration', description: 'longest such wait' },
  grace: { type: 'duration', description: 'how long a worker has to end a task that is cancelled' },
  beginWithin: { type: 'duration', description: 'a task that nobody begins in this time fails' },
  keep: { type: 'duration', description: 'how long a task is kept once it has ended' },
  atOnce: { type: 'integer', min: 1, or: 'none', description: 'most tasks that run at once' },
  user: {
    type: 'string',
    multiple: true,
    description: 'whose workers run its tasks; replaces those there are',
  },
  role: { type: 'string', multiple: true, description: 'the same, for whoever bears a role' },
  bind: { type: 'string', multiple: true, placeholder: 'NAME', description: 'tasks of this name come here' },
  unbind: { type: 'string', multiple: true, placeholder: 'NAME', description: 'they do not any more' },
} as const;

export default defineCommand({
  summary: 'Make a queue, or change its settings',
  description:
    'What is not given stays as it is, or has its default in a new queue. Tasks that were submitted keep the rules that they were submitted under; how many run at once, and how long tasks are kept, holds from now on for all. For admins.',
  arguments: { queue: QUEUE },
  options: OPTIONS,
  examples: [
    { command: 'sluice queue set juicer --lease 2m --max-attempts 5 --bind promote', says: 'A new queue' },
    { command: 'sluice queue set juicer --at-once 4', says: 'No more than four at a time' },
    { command: 'sluice queue set juicer --at-once none', says: 'As many as there are workers for' },
  ],
  async run(context, { queue, ...options }) {
    const { stdout, json, signal } = context;
    const client = clientFor(context);
    const known = await client.showQueue({ queue }, { signal }).catch(unlessUnknown);
    const set = await client.putQueue({ queue, ...settingsOf(known, options) }, { signal });
    if (json) printJson(stdout, set);
    else stdout.write(`queue ${queue} is ${known ? 'changed' : 'made'}\n`);
    return EXIT.ok;
  },
});

function unlessUnknown(error: unknown): undefined {
  if (error instanceof RefusedError && error.code === 'queue_unknown') return undefined;
  throw error;
}

function settingsOf(
  known: Queue | undefined,
  options: OptionValues<typeof OPTIONS>,
): Omit<RouteInput<'putQueue'>, 'queue'> {
  const { bind = [], unbind = [], timeout, atOnce } = options;
  const bound = [...new Set([...(known?.bindings ?? []), ...bind])];
  const given = {
    title: options.title,
    leaseSeconds: options.lease,
    timeoutSeconds: timeout === 'none' ? null : timeout,
    maxAttempts: options.maxAttempts,
    retryBackoffSeconds: options.backoff,
    retryBackoffMaxSeconds: options.backoffMax,
    cancelGraceSeconds: options.grace,
    startWithinSeconds: options.beginWithin,
    retentionSeconds: options.keep,
    concurrency: atOnce === 'none' ? null : atOnce,
    users: options.user.length > 0 ? options.user : undefined,
    roles: options.role.length > 0 ? options.role : undefined,
    bindings: bound.filter(name => !unbind.includes(name)),
  };
  const wanted = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...settingsIn(known), ...Object.fromEntries(wanted) };
}

/** A queue's settings, without what else is told of it. */
function settingsIn(known: Queue | undefined): Partial<QueueSettings> {
  const names = new Set<string>(Object.keys(QueueSettings.shape));
  return Object.fromEntries(Object.entries(known ?? {}).filter(([name]) => names.has(name)));
}
