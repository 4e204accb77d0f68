import * as z from 'zod';
import { didFault, formatDid, MAX_DID_LENGTH } from '../domain/did.ts';
import { parseTaskId } from '../domain/task/id.ts';
import { Attributes } from './attributes.ts';
import { LIMITS } from './limits.ts';

/** The small types that requests and replies are made of. */

const WORD = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/;

/** A worker id, user, role, site or lane: something short that can stand in a file name and a URL. */
const word = (what: string) =>
  z
    .string()
    .max(LIMITS.wordLength, `${what} is longer than ${LIMITS.wordLength} characters`)
    .regex(WORD, `${what} may have letters, digits and _ . @ + -, and begins with a letter, a digit or _`);

export const WorkerId = word('the worker id');
export const User = word('a user');
export const Role = word('a role');
export const Site = word('a site');
export const Lane = word('a lane');
export const TaskName = word('the name of a task');
export const ConfigName = word('the name of a configuration');

/** Shorter than other words: it is a part of the ids of its tasks. */
export const QueueName = word('the name of a queue').max(
  LIMITS.queueLength,
  `the name of a queue is longer than ${LIMITS.queueLength} characters`,
);

/** A queue of replies: a name of its owner's own choice. */
export const ReplyQueue = word('the name of a reply queue');

export const WebhookName = word('the name of a webhook');

export const TaskId = z
  .string()
  .refine(id => parseTaskId(id) !== undefined, 'the id of a task is its queue and its number: juicer-1043')
  .describe('`<queue>-<number>`, such as `juicer-1043`');

/** Where files go that name no lane. */
export const DEFAULT_LANE = 'default';

/** As much of the rules of `didFault` as a JSON Schema can say. */
const NAME_SCHEMA = { minLength: 1, maxLength: MAX_DID_LENGTH, pattern: '^[^\\u0000-\\u001f\\u007f]+$' };

export const Did = z
  .string()
  .superRefine((did, context) => {
    const fault = didFault(did);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({ description: 'Names a file: `namespace:name` or `name`', ...NAME_SCHEMA });

export const Seconds = z.number().positive().max(LIMITS.seconds);

export const Timestamp = z.int().nonnegative().describe('Milliseconds since 1970');

/** Ids are small positive integers, so that people can type them. */
export const ProjectId = z.int().positive();

/** Where a copy of a file is. */
export const Replica = z.strictObject({
  url: z
    .string()
    .max(LIMITS.urlLength, `a replica's URL is longer than ${LIMITS.urlLength} characters`)
    .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'a replica needs a URL with a scheme, such as https://host/path')
    .describe('Any URL; `file:` URLs are read by the server itself, from the folders it shares'),
  site: Site.optional(),
});
export type Replica = z.infer<typeof Replica>;

/** One file as its submitter describes it. */
const fileFields = {
  namespace: z
    .string()
    .regex(/^[^:]*$/, 'the namespace has a colon')
    .optional(),
  name: z.string('the file has no name').meta(NAME_SCHEMA),
  size: z.int().nonnegative().optional().describe('In bytes'),
  attributes: Attributes.optional(),
  replicas: z
    .array(Replica)
    .max(LIMITS.replicas, `a file has at most ${LIMITS.replicas} replicas`)
    .optional(),
  lane: Lane.optional().describe(`Groups files by locality or priority; \`${DEFAULT_LANE}\` when absent`),
  durationSeconds: Seconds.optional().describe('How long a worker is expected to need for it'),
};

export const FileSpec = z.strictObject(fileFields).superRefine((file, context) => {
  const fault = didFault(formatDid(file));
  if (fault) context.addIssue({ code: 'custom', message: fault, path: ['name'] });
});
export type FileSpec = z.infer<typeof FileSpec>;

/** The state of one file. */
export const FileState = z.enum(['ready', 'reserved', 'done', 'failed']);
export type FileState = z.infer<typeof FileState>;

export const RequestId = z
  .string()
  .min(1)
  .max(LIMITS.wordLength)
  .describe(
    'Names a request so that its repetition changes nothing twice; made by the client, new for each request',
  );

/** What moves a project or a task along its life, and does so once. */
export const Move = z.strictObject({ requestId: RequestId.optional() });
