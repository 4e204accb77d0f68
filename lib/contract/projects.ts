import * as z from 'zod';
import { Attributes } from './attributes.ts';
import { JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { PageLimit, queryInt } from './query.ts';
import {
  Did,
  FileSpec,
  FileState,
  Lane,
  ProjectId,
  RequestId,
  Role,
  Seconds,
  Timestamp,
  User,
  WorkerId,
} from './words.ts';

/** Requests and replies about projects and their files. */

export const ProjectState = z.enum(['loading', 'active', 'done', 'failed', 'cancelled', 'abandoned']);
export type ProjectState = z.infer<typeof ProjectState>;

/** Forms in which a list of files is read. */
export const ManifestFormat = z.enum(['ndjson', 'json', 'csv', 'lines']);
export type ManifestFormat = z.infer<typeof ManifestFormat>;

/** What the owner sets; each has a default. */
const settings = {
  title: z.string().max(LIMITS.titleLength).default(''),
  owner: User.optional().describe(
    'The caller when absent; only an admin may name another owner than themselves',
  ),
  attributes: Attributes.default({}),
  fileAttributes: Attributes.default({}).describe('Attributes that every file gets below its own'),
  leaseSeconds: Seconds.nullable()
    .default(43_200)
    .describe('How long a worker may hold a file without a word; null: until it reports'),
  idleSeconds: Seconds.nullable()
    .default(259_200)
    .describe('How long without a reserve or report until the project counts as abandoned; null: never'),
  maxAttempts: z
    .int()
    .positive()
    .max(LIMITS.attempts)
    .nullable()
    .default(10)
    .describe('Attempts that a file is given; null: unlimited'),
  retryBackoffSeconds: z
    .number()
    .nonnegative()
    .max(LIMITS.seconds)
    .default(1)
    .describe("Wait before a failed file's second attempt, doubled for each further one"),
  retryBackoffMaxSeconds: z
    .number()
    .nonnegative()
    .max(LIMITS.seconds)
    .default(300)
    .describe('Longest such wait'),
  onLeaseExpiry: z
    .enum(['retry', 'fail'])
    .default('retry')
    .describe('What becomes of a file whose lease runs out'),
  users: z.array(User).max(LIMITS.members).default([]).describe('Who may reserve and report'),
  roles: z.array(Role).max(LIMITS.members).default([]).describe('Whose bearers may reserve and report'),
  virtual: z.boolean().default(false).describe('Files need no replica'),
};

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
    message: 'a project is made either of files or of a manifest: give one of them',
  })
  .meta({
    description:
      'A new project, from files given inline or from a manifest that is uploaded next. With `manifest` the reply ' +
      'says where to PUT it; `loadProject` then reads it',
    oneOf: [{ required: ['files'] }, { required: ['manifest'] }],
  });
export type CreateProject = z.infer<typeof CreateProject>;

export const Counts = z
  .strictObject({ ready: z.int(), reserved: z.int(), done: z.int(), failed: z.int() })
  .describe("Files by state; they add up to the project's files");
export type Counts = z.infer<typeof Counts>;

export const LoadProgress = z
  .strictObject({
    phase: z.enum(['waiting', 'checking', 'writing']),
    files: z.int(),
    of: z.int().optional(),
  })
  .describe('How far loading is: files seen while the manifest is checked, then files written');
export type LoadProgress = z.infer<typeof LoadProgress>;

/** What is known of a project from its creation on, its defaults filled in. */
export const projectFacts = {
  id: ProjectId,
  title: z.string(),
  owner: z.string(),
  attributes: JsonObject,
  fileAttributes: JsonObject,
  leaseSeconds: z.number().nullable(),
  idleSeconds: z.number().nullable(),
  maxAttempts: z.int().nullable(),
  retryBackoffSeconds: z.number(),
  retryBackoffMaxSeconds: z.number(),
  onLeaseExpiry: z.enum(['retry', 'fail']),
  users: z.array(z.string()),
  roles: z.array(z.string()),
  virtual: z.boolean(),
  createdAt: Timestamp,
  endedAt: Timestamp.nullable(),
  files: z.int(),
};

export const Project = z.object({
  ...projectFacts,
  state: ProjectState,
  counts: Counts,
  lanes: z.array(z.string()),
  loading: LoadProgress.optional(),
});
export type Project = z.infer<typeof Project>;

export const Upload = z
  .object({ method: z.literal('PUT'), url: z.string(), expiresAt: Timestamp })
  .describe('Where to PUT the bytes of a manifest or an output; the URL needs no token');
export type Upload = z.infer<typeof Upload>;

export const CreatedProject = z.object({
  project: Project,
  upload: Upload.optional().describe('Where to PUT the manifest, when one is announced'),
});
export type CreatedProject = z.infer<typeof CreatedProject>;

const page = {
  after: queryInt(z.int().nonnegative()).default(0).describe('The `next` of the page before'),
  limit: PageLimit,
};
const next = z.int().optional().describe('Where the next page begins; absent on the last');

export const ListProjects = z.strictObject({
  owner: User.optional(),
  state: ProjectState.optional(),
  ...page,
});
export const ProjectPage = z.object({ projects: z.array(Project), next });
export type ProjectPage = z.infer<typeof ProjectPage>;

export const ShowCost = z.strictObject({
  filesPerCall: queryInt(z.int().positive().max(LIMITS.reserveCount))
    .default(1)
    .describe('How many files workers report and reserve by a call'),
});
export const ProjectCost = z.object({
  home: z.string().describe('`aws`, or one where nothing is paid'),
  isPaid: z.boolean().describe('Whether this home is paid for; else it is what AWS would take'),
  filesPerCall: z.int(),
  expectedDollars: z.number().describe('To load the project and do each file once'),
  soFarDollars: z.number().describe('An estimate: what usually comes with the writes of its blocks'),
  blockWrites: z.int().describe('Writes of its blocks so far, counted'),
});
export type ProjectCost = z.infer<typeof ProjectCost>;

export const RestartProject = z
  .strictObject({
    states: z
      .array(z.enum(['reserved', 'done', 'failed']))
      .min(1)
      .optional(),
    dids: z.array(Did).min(1).max(LIMITS.restartDids).optional(),
    requestId: RequestId.optional(),
  })
  .refine(body => (body.states === undefined) !== (body.dids === undefined), {
    message: 'a restart is of files either by states or by dids: give one of them',
  })
  .meta({
    description: 'Which files a restart makes ready again: those in one of these states, or these',
    oneOf: [{ required: ['states'] }, { required: ['dids'] }],
  });
export type RestartProject = z.infer<typeof RestartProject>;
export const RestartedProject = z.object({
  project: Project,
  reopened: z
    .int()
    .optional()
    .describe('Files made ready; absent for a project so large that this goes on after the answer'),
});
export type RestartedProject = z.infer<typeof RestartedProject>;

export const CopyProject = z
  .strictObject({
    title: z.string().max(LIMITS.titleLength).optional(),
    attributes: Attributes.optional(),
    fileAttributes: Attributes.optional(),
    leaseSeconds: Seconds.nullable().optional(),
    idleSeconds: Seconds.nullable().optional(),
  })
  .describe("What is given replaces the original's; attributes are merged over its attributes");
export type CopyProject = z.infer<typeof CopyProject>;

export const DeletedProject = z.object({ deleted: ProjectId });

export const FileReplica = z
  .object({ url: z.string(), site: z.string().optional(), available: z.boolean() })
  .describe('One copy of a file, as its project knows it');

export const ProjectFile = z.object({
  did: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  state: FileState,
  size: z.int().optional(),
  attributes: JsonObject,
  lane: z.string(),
  durationSeconds: z.number().optional(),
  replicas: z.array(FileReplica),
  attempts: z.int(),
  notBefore: Timestamp.optional().describe(
    'Not to be reserved before this time, ms since 1970: its retry backoff',
  ),
  worker: z.string().optional().describe('Who holds it, while it is reserved'),
  token: z.string().optional(),
  deadline: Timestamp.nullable().optional(),
  failure: z
    .object({ at: Timestamp, attempt: z.int(), worker: z.string(), reason: z.string() })
    .optional()
    .describe('Its last failure'),
});
export type ProjectFile = z.infer<typeof ProjectFile>;

export const ListFiles = z.strictObject({
  state: FileState.optional(),
  worker: WorkerId.optional(),
  lane: Lane.optional(),
  ...page,
});
export const FilePage = z.object({ files: z.array(ProjectFile), next });
export type FilePage = z.infer<typeof FilePage>;

export const ShowFile = z.strictObject({ did: Did });
export const ShownFile = ProjectFile.extend({
  outputUrl: z.string().optional().describe('Where its output can be read, if the attempt that won left one'),
});
export type ShownFile = z.infer<typeof ShownFile>;

export const SetReplica = z.strictObject({
  did: Did,
  url: z.string().max(LIMITS.urlLength),
  available: z.boolean(),
});
export type SetReplica = z.infer<typeof SetReplica>;
