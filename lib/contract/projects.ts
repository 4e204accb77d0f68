import { z } from 'zod';
import { LIMITS } from './limits.ts';
import {
  Attributes,
  Did,
  FileSpec,
  FileState,
  Lane,
  ProjectId,
  Role,
  Seconds,
  Timestamp,
  User,
  WorkerId,
} from './words.ts';

/** Requests and replies about projects and their files. */

/** The states a project can be seen in. */
export const ProjectState = z.enum(['loading', 'active', 'done', 'failed', 'cancelled', 'abandoned']);
export type ProjectState = z.infer<typeof ProjectState>;

/** Forms in which a list of files is read. */
export const ManifestFormat = z.enum(['ndjson', 'json', 'csv', 'lines']);
export type ManifestFormat = z.infer<typeof ManifestFormat>;

/** What the owner sets; each has a default. */
const settings = {
  title: z.string().max(LIMITS.titleLength).default(''),
  /** Only an admin may name another owner than themselves. */
  owner: User.optional(),
  attributes: Attributes.default({}),
  /** Attributes that every file gets below its own. */
  fileAttributes: Attributes.default({}),
  /** How long a worker may hold a file without a word; null = until it reports. */
  leaseSeconds: Seconds.nullable().default(43_200),
  /** How long without a reserve or report until the project counts as abandoned; null = never. */
  idleSeconds: Seconds.nullable().default(259_200),
  /** null = unlimited. */
  maxAttempts: z.int().positive().max(LIMITS.attempts).nullable().default(10),
  /** Wait before a failed file's second attempt, doubled for each further one. */
  retryBackoffSeconds: z.number().nonnegative().max(LIMITS.seconds).default(1),
  retryBackoffMaxSeconds: z.number().nonnegative().max(LIMITS.seconds).default(300),
  /** What becomes of a file whose lease runs out. */
  onLeaseExpiry: z.enum(['retry', 'fail']).default('retry'),
  users: z.array(User).max(LIMITS.members).default([]),
  roles: z.array(Role).max(LIMITS.members).default([]),
  /** Files need no replica. */
  virtual: z.boolean().default(false),
};

/**
 * A new project, from files given inline or from a manifest that is uploaded next.
 * With `manifest` the reply says where to PUT it; `loadProject` then reads it.
 */
export const CreateProject = z
  .strictObject({
    ...settings,
    files: z
      .array(FileSpec)
      .min(1, 'the list of files is empty')
      .max(LIMITS.inlineFiles, `at most ${LIMITS.inlineFiles} files can be given inline: use a manifest`)
      .optional(),
    manifest: z.strictObject({ format: ManifestFormat.optional() }).optional(),
  })
  .refine(body => (body.files === undefined) !== (body.manifest === undefined), {
    message: 'give either files or manifest',
  });
export type CreateProject = z.infer<typeof CreateProject>;

/** Files by state; they add up to the project's files. */
export const Counts = z.strictObject({
  ready: z.int(),
  reserved: z.int(),
  done: z.int(),
  failed: z.int(),
});
export type Counts = z.infer<typeof Counts>;

/** How far loading is: files seen while the manifest is checked, then files written. */
export const LoadProgress = z.strictObject({
  phase: z.enum(['waiting', 'checking', 'writing']),
  files: z.int(),
  of: z.int().optional(),
});
export type LoadProgress = z.infer<typeof LoadProgress>;

export const Project = z.object({
  id: ProjectId,
  title: z.string(),
  owner: z.string(),
  state: ProjectState,
  files: z.int(),
  counts: Counts,
  attributes: Attributes,
  fileAttributes: Attributes,
  leaseSeconds: z.number().nullable(),
  idleSeconds: z.number().nullable(),
  maxAttempts: z.int().nullable(),
  retryBackoffSeconds: z.number(),
  retryBackoffMaxSeconds: z.number(),
  onLeaseExpiry: z.enum(['retry', 'fail']),
  users: z.array(z.string()),
  roles: z.array(z.string()),
  virtual: z.boolean(),
  lanes: z.array(z.string()),
  createdAt: Timestamp,
  endedAt: Timestamp.nullable(),
  loading: LoadProgress.optional(),
});
export type Project = z.infer<typeof Project>;

/** Where to PUT a manifest. */
export const Upload = z.object({ method: z.literal('PUT'), url: z.string(), expiresAt: Timestamp });
export type Upload = z.infer<typeof Upload>;

export const CreatedProject = z.object({ project: Project, upload: Upload.optional() });
export type CreatedProject = z.infer<typeof CreatedProject>;

export const ListProjects = z.strictObject({
  owner: User.optional(),
  state: ProjectState.optional(),
  after: z.coerce.number<string>().int().nonnegative().default(0),
  limit: z.coerce.number<string>().int().positive().max(LIMITS.page).default(100),
});
export const ProjectPage = z.object({ projects: z.array(Project), next: z.int().optional() });
export type ProjectPage = z.infer<typeof ProjectPage>;

/** Which files a restart makes ready again: those in one of these states, or these. */
export const RestartProject = z
  .strictObject({
    states: z
      .array(z.enum(['reserved', 'done', 'failed']))
      .min(1)
      .optional(),
    dids: z.array(Did).min(1).max(LIMITS.restartDids).optional(),
  })
  .refine(body => (body.states === undefined) !== (body.dids === undefined), {
    message: 'give either states or dids',
  });
export type RestartProject = z.infer<typeof RestartProject>;
export const RestartedProject = z.object({ project: Project, reopened: z.int() });
export type RestartedProject = z.infer<typeof RestartedProject>;

/** A copy has the same files, all ready; what is given here replaces the original's. Attributes are merged over. */
export const CopyProject = z.strictObject({
  title: z.string().max(LIMITS.titleLength).optional(),
  attributes: Attributes.optional(),
  fileAttributes: Attributes.optional(),
  leaseSeconds: Seconds.nullable().optional(),
  idleSeconds: Seconds.nullable().optional(),
});
export type CopyProject = z.infer<typeof CopyProject>;

export const DeletedProject = z.object({ deleted: ProjectId });

/** One copy of a file, as its project knows it. */
export const FileReplica = z.object({
  url: z.string(),
  site: z.string().optional(),
  available: z.boolean(),
});

/** One file of a project and how it stands. */
export const ProjectFile = z.object({
  did: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  state: FileState,
  size: z.int().optional(),
  attributes: z.record(z.string(), z.json()),
  lane: z.string(),
  durationSeconds: z.number().optional(),
  replicas: z.array(FileReplica),
  attempts: z.int(),
  /** Not to be reserved before this time: its retry backoff. */
  notBefore: Timestamp.optional(),
  /** Who holds it, while it is reserved. */
  worker: z.string().optional(),
  token: z.string().optional(),
  deadline: Timestamp.nullable().optional(),
  /** Its last failure. */
  failure: z.object({ at: Timestamp, attempt: z.int(), worker: z.string(), reason: z.string() }).optional(),
});
export type ProjectFile = z.infer<typeof ProjectFile>;

export const ListFiles = z.strictObject({
  state: FileState.optional(),
  worker: WorkerId.optional(),
  lane: Lane.optional(),
  after: z.coerce.number<string>().int().nonnegative().default(0),
  limit: z.coerce.number<string>().int().positive().max(LIMITS.page).default(100),
});
export const FilePage = z.object({ files: z.array(ProjectFile), next: z.int().optional() });
export type FilePage = z.infer<typeof FilePage>;

export const ShowFile = z.strictObject({ did: Did });
/** A file with the URL of its output, where the attempt that won left one. */
export const ShownFile = ProjectFile.extend({ outputUrl: z.string().optional() });
export type ShownFile = z.infer<typeof ShownFile>;

/** Marks one copy of a file as usable or not. */
export const SetReplica = z.strictObject({
  did: Did,
  url: z.string().max(LIMITS.urlLength),
  available: z.boolean(),
});
export type SetReplica = z.infer<typeof SetReplica>;
