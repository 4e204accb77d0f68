import * as z from 'zod';
import type { RouteInput } from '../../contract/routes.ts';
import type { Options, OptionValues } from '../frame/command.ts';
import { UsageError } from '../frame/errors.ts';

/** The options of `project create` that say how a project is to be handled. */
export const SETTINGS = {
  title: { type: 'string', description: 'what it is, for people' },
  owner: {
    type: 'string',
    placeholder: 'USER',
    description: 'whose it is; another than you only for admins',
  },
  attribute: {
    type: 'string',
    multiple: true,
    placeholder: 'KEY=VALUE',
    description: 'something to remember of the project; a VALUE that is JSON is kept as such',
  },
  fileAttribute: {
    type: 'string',
    multiple: true,
    placeholder: 'KEY=VALUE',
    description: 'the same of each of its files, below their own',
  },
  lease: {
    type: 'duration',
    or: 'none',
    description: 'how long a worker may hold a file without a word (12h unless given)',
  },
  idle: {
    type: 'duration',
    or: 'none',
    description: 'how long nobody may ask for a file until the project is abandoned (3d unless given)',
  },
  maxAttempts: {
    type: 'integer',
    min: 1,
    or: 'unlimited',
    description: 'attempts that a file is given (10 unless given)',
  },
  backoff: {
    type: 'duration',
    description: 'wait before the second attempt, doubled for each further one (1s unless given)',
  },
  backoffMax: { type: 'duration', description: 'longest such wait (5m unless given)' },
  onExpiry: {
    type: 'choice',
    choices: ['retry', 'fail'],
    description: 'what becomes of a file whose lease runs out (retry unless given)',
  },
  user: {
    type: 'string',
    multiple: true,
    placeholder: 'USER',
    description: 'who else may reserve and report',
  },
  role: {
    type: 'string',
    multiple: true,
    placeholder: 'ROLE',
    description: 'whose bearers may reserve and report',
  },
  virtual: { type: 'boolean', description: 'its files need no replica' },
} as const satisfies Options;

type Settings = Omit<RouteInput<'createProject'>, 'files' | 'manifest'>;

/** What the options say, in the words of the contract; what was not given is left to the server. */
export function settingsOf(options: OptionValues<typeof SETTINGS>): Settings {
  const { title, owner, lease, idle, maxAttempts, backoff, backoffMax, onExpiry } = options;
  return {
    title,
    owner,
    leaseSeconds: lease === 'none' ? null : lease,
    idleSeconds: idle === 'none' ? null : idle,
    maxAttempts: maxAttempts === 'unlimited' ? null : maxAttempts,
    retryBackoffSeconds: backoff,
    retryBackoffMaxSeconds: backoffMax,
    onLeaseExpiry: onExpiry,
    attributes: attributesOf(options.attribute, '--attribute'),
    fileAttributes: attributesOf(options.fileAttribute, '--file-attribute'),
    users: [...options.user],
    roles: [...options.role],
    virtual: options.virtual,
  };
}

type Json = z.infer<ReturnType<typeof z.json>>;

/** Reads `key=value` texts; a value that is JSON is taken as such. Throws `UsageError`. */
export function attributesOf(texts: readonly string[], flag: string): Record<string, Json> {
  return Object.fromEntries(
    texts.map(text => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`${flag} takes KEY=VALUE, not "${text}"`);
      return [text.slice(0, at), jsonOrText(text.slice(at + 1))];
    }),
  );
}

function jsonOrText(text: string): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return text;
  }
}
