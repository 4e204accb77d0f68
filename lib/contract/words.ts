import { z } from 'zod';
import { didFault, formatDid } from '../domain/did.ts';
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

/** Where files go that name no lane. */
export const DEFAULT_LANE = 'default';

/** `namespace:name` or `name`. */
export const Did = z.string().superRefine((did, context) => {
  const fault = didFault(did);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

/** JSON of any shape, in an object, limited in size: kept as given, never interpreted. */
export const Attributes = z
  .record(z.string(), z.json())
  .refine(value => JSON.stringify(value).length <= LIMITS.attributesLength, {
    message: `attributes are larger than ${LIMITS.attributesLength} characters of JSON`,
  });
export type Attributes = z.infer<typeof Attributes>;

export const Seconds = z.number().positive().max(LIMITS.seconds);

/** Milliseconds since 1970. */
export const Timestamp = z.int().nonnegative();

/** Ids are small positive integers, so that people can type them. */
export const ProjectId = z.int().positive();

/** Where a copy of a file is: any URL; `file:` URLs are read by the embedded server from the folders it shares. */
export const Replica = z.strictObject({
  url: z
    .string()
    .max(LIMITS.urlLength, `a replica's URL is longer than ${LIMITS.urlLength} characters`)
    .regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'a replica needs a URL with a scheme, such as https://host/path'),
  site: Site.optional(),
});
export type Replica = z.infer<typeof Replica>;

const fileFields = {
  namespace: z
    .string()
    .regex(/^[^:]*$/, 'the namespace has a colon')
    .optional(),
  name: z.string('the file has no name'),
  size: z.int().nonnegative().optional(),
  attributes: Attributes.optional(),
  replicas: z
    .array(Replica)
    .max(LIMITS.replicas, `a file has at most ${LIMITS.replicas} replicas`)
    .optional(),
  lane: Lane.optional(),
  durationSeconds: Seconds.optional(),
};

/**
 * One file as its submitter describes it.
 * `size` in bytes; `durationSeconds` is how long a worker is expected to need for it; `lane` groups files by
 * locality or priority.
 */
export const FileSpec = z.strictObject(fileFields).superRefine((file, context) => {
  const fault = didFault(formatDid(file));
  if (fault) context.addIssue({ code: 'custom', message: fault, path: ['name'] });
});
export type FileSpec = z.infer<typeof FileSpec>;

/** The state of one file. */
export const FileState = z.enum(['ready', 'reserved', 'done', 'failed']);
export type FileState = z.infer<typeof FileState>;
