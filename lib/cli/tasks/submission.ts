import { JsonObject } from '../../contract/json.ts';
import type { RouteInput } from '../../contract/routes.ts';
import { attributesOf } from '../create/settings.ts';
import type { Options, OptionValues } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../frame/errors.ts';
import { readText } from '../local-files.ts';
import { readJson } from '../read-json.ts';

/** The options of `task submit` that say what is to be done, and how. */
export const SUBMISSION = {
  queue: { type: 'string', description: 'where it goes, if not where its name is bound to' },
  arg: {
    type: 'string',
    multiple: true,
    placeholder: 'KEY=VALUE',
    description: 'an argument; a VALUE that is JSON is kept as such',
  },
  args: {
    type: 'string',
    placeholder: 'FILE',
    description: 'read arguments from a JSON object; - is standard input',
  },
  title: { type: 'string', description: 'what it is, for people' },
  type: { type: 'string', description: 'a kind of task, for people to sort by' },
  public: { type: 'boolean', description: 'all whom the server knows may look at it' },
  meta: {
    type: 'string',
    multiple: true,
    placeholder: 'KEY=VALUE',
    description: 'something to remember of it',
  },
  owner: {
    type: 'string',
    placeholder: 'USER',
    description: 'whose it is; another than you only for admins',
  },
  priority: { type: 'choice', choices: ['high', 'normal', 'low'], description: 'which come first' },
  delay: { type: 'duration', description: 'not to be begun before so long' },
  timeout: { type: 'duration', or: 'none', description: 'longest time of one attempt' },
  maxAttempts: { type: 'integer', min: 1, description: 'attempts that it is given' },
  backoff: {
    type: 'duration',
    description: 'wait before the second attempt, doubled for each further one',
  },
  backoffMax: { type: 'duration', description: 'longest such wait' },
  key: { type: 'string', description: 'a further task of yours with this key is the same one' },
  keyWindow: { type: 'duration', description: 'for how long (1d unless given)' },
  parent: { type: 'string', placeholder: 'TASK', description: 'the task that it is a part of' },
  input: {
    type: 'string',
    multiple: true,
    placeholder: 'NAME=URL',
    description: 'a file that its worker is given',
  },
  output: {
    type: 'string',
    multiple: true,
    placeholder: 'NAME=URL',
    description: 'where a file that its worker makes is put',
  },
  replyTo: {
    type: 'string',
    placeholder: 'ADDRESS',
    description: 'where its events are sent, sluice:NAME or webhook:NAME',
  },
  correlationId: { type: 'string', placeholder: 'ID', description: 'given back with each event' },
} as const satisfies Options;

/** What the options say, in the words of the contract; what was not given is left to the server. */
export async function submissionOf(
  context: Context,
  name: string,
  options: OptionValues<typeof SUBMISSION>,
): Promise<RouteInput<'submitTask'>> {
  const { queue, title, type, owner, priority, delay, timeout, maxAttempts, parent } = options;
  return {
    ...{ name, queue, title, type, owner, priority, maxAttempts, parent },
    args: await argsOf(context, options),
    meta: attributesOf(options.meta, '--meta'),
    // A flag that is not given says nothing.
    ...(options.public && { public: true }),
    delaySeconds: delay,
    timeoutSeconds: timeout === 'none' ? null : timeout,
    retryBackoffSeconds: options.backoff,
    retryBackoffMaxSeconds: options.backoffMax,
    dedupKey: options.key,
    dedupSeconds: options.keyWindow,
    inputs: filesOf(options.input, '--input'),
    outputs: filesOf(options.output, '--output'),
    replyTo: options.replyTo,
    correlationId: options.correlationId,
  };
}

async function argsOf(
  context: Context,
  { arg, args }: Pick<OptionValues<typeof SUBMISSION>, 'arg' | 'args'>,
): Promise<JsonObject> {
  const given = attributesOf(arg, '--arg');
  if (args === undefined) return given;
  const name = args === '-' ? 'standard input' : args;
  return { ...readJson(JsonObject, await readText(context, args), name), ...given };
}

/** Reads `name=url` texts. Throws `UsageError`. */
function filesOf(texts: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    texts.map(text => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`${flag} takes NAME=URL, not "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
