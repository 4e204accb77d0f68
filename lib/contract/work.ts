import * as z from 'zod';
import { JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { Did, FileState, Lane, RequestId, Seconds, Site, Timestamp, WorkerId } from './words.ts';

/** Requests and replies of workers: reserve, report, heartbeat, advance. */

export const Repeated = z
  .boolean()
  .optional()
  .describe(
    'The request was sent before under the same `requestId`, and its answer may have been lost: what it was given then is looked for',
  );

export const Token = z.string().min(1).max(LIMITS.tokenLength).describe('The token of a reservation');

export const WaitSeconds = z
  .number()
  .nonnegative()
  .max(LIMITS.waitSeconds)
  .default(0)
  .describe('How long to wait for work before the answer is `wait`; a server may wait shorter');

const wanted = {
  count: z.int().positive().max(LIMITS.reserveCount).default(1).describe('Most files to reserve'),
  site: Site.optional().describe('Where the worker is: decides which copies it is given, and in which order'),
  lanes: z
    .array(Lane)
    .min(1)
    .max(LIMITS.lanes)
    .optional()
    .describe("Only files of these lanes, the first one's first; absent: all lanes"),
  secondsLeft: Seconds.optional().describe(
    'Only files expected to be finished in this time, one after the other; should nobody work on the project for a quarter of an hour, though workers ask, one at a time on trial',
  ),
  waitSeconds: WaitSeconds,
};

export const Reserve = z.strictObject({
  worker: WorkerId,
  ...wanted,
  requestId: RequestId.optional(),
  repeated: Repeated,
});
export type Reserve = z.infer<typeof Reserve>;

export const ReservedReplica = z
  .object({
    url: z.string(),
    site: z.string().optional(),
    proximity: z.number().describe('Smaller is nearer'),
  })
  .describe(
    'A copy of a reserved file, with a URL that works until the lease ends; on AWS for an hour at most',
  );

export const Reservation = z
  .object({
    token: z.string(),
    did: z.string(),
    attempt: z.int().describe('1 for the first'),
    deadline: Timestamp.nullable().describe(
      'When the lease ends, ms since 1970; null: when the file is reported',
    ),
    size: z.int().optional(),
    attributes: JsonObject.optional(),
    replicas: z.array(ReservedReplica).describe('Nearest first'),
  })
  .describe('A file that a worker holds');
export type Reservation = z.infer<typeof Reservation>;

export const ReserveReply = z
  .discriminatedUnion('status', [
    z.object({ status: z.literal('reserved'), reservations: z.array(Reservation).min(1) }),
    z.object({ status: z.literal('wait'), retryAfterSeconds: z.number() }),
    z.object({ status: z.literal('done'), state: z.enum(['done', 'failed']) }),
  ])
  .describe('Files, or come back later, or the project is over');
export type ReserveReply = z.infer<typeof ReserveReply>;

const reasonText = z.string().max(LIMITS.reasonLength);

/** Who reports: by the reservation's token, or as the worker that holds the file. */
const byToken = { token: Token };
const byHolder = { did: Did };

// The token alone comes first: it is the common case, and a union is tried in order.
const DoneItem = z.union([Token, z.strictObject(byToken), z.strictObject(byHolder)], {
  error: 'a report is a token, or an object with either a token or a did',
});
const failure = {
  retry: z.boolean().default(true).describe('Whether another attempt may succeed'),
  reason: reasonText.optional(),
};
const FailedItem = z.union(
  [z.strictObject({ ...byToken, ...failure }), z.strictObject({ ...byHolder, ...failure })],
  { error: 'a report is an object with either a token or a did' },
);

const worker = { worker: WorkerId.optional() };
const needsWorker = (body: { worker?: string; done?: unknown[]; failed?: unknown[]; released?: unknown[] }) =>
  body.worker !== undefined ||
  [...(body.done ?? []), ...(body.failed ?? []), ...(body.released ?? [])].every(
    item => typeof item === 'string' || (typeof item === 'object' && item !== null && 'token' in item),
  );
const NEEDS_WORKER = { message: 'a report by DID needs the worker', path: ['worker'] };

const items = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(LIMITS.reports);

export const Done = z.strictObject({ ...worker, done: items(DoneItem) }).refine(needsWorker, NEEDS_WORKER);
export type Done = z.infer<typeof Done>;
export const Failed = z
  .strictObject({ ...worker, failed: items(FailedItem) })
  .refine(needsWorker, NEEDS_WORKER);
export type Failed = z.infer<typeof Failed>;
export const Release = z
  .strictObject({ ...worker, released: items(DoneItem) })
  .refine(needsWorker, NEEDS_WORKER)
  .describe('Gives files back that were not begun: the attempt does not count');
export type Release = z.infer<typeof Release>;

export const RefusalCode = z
  .enum([
    'token_unknown',
    'lease_expired',
    'overtaken',
    'already_settled',
    'other_worker',
    'not_reserved',
    'file_unknown',
  ])
  .describe('Why a report was refused; nothing changed');
export type RefusalCode = z.infer<typeof RefusalCode>;

export const ReportResult = z
  .discriminatedUnion('accepted', [
    z.object({
      accepted: z.literal(true),
      token: z.string().optional(),
      did: z.string().optional(),
      state: FileState,
      repeated: z.boolean().describe('It was said and counted before; nothing changed'),
    }),
    z.object({
      accepted: z.literal(false),
      token: z.string().optional(),
      did: z.string().optional(),
      code: RefusalCode,
      detail: z.string(),
    }),
  ])
  .describe('What became of one report');
export type ReportResult = z.infer<typeof ReportResult>;

export const ReportReply = z
  .object({ results: z.array(ReportResult).describe('One for each report, in the order given') })
  .describe('A request with a single report that is refused is answered with that problem instead');
export type ReportReply = z.infer<typeof ReportReply>;

export const Advance = z
  .strictObject({
    worker: WorkerId,
    done: z.array(DoneItem).max(LIMITS.reports).default([]),
    failed: z.array(FailedItem).max(LIMITS.reports).default([]),
    released: z.array(DoneItem).max(LIMITS.reports).default([]),
    reserve: z.strictObject(wanted).optional(),
    requestId: RequestId.optional(),
    repeated: Repeated,
  })
  .refine(needsWorker, NEEDS_WORKER)
  .describe('Reports, and asks for more, in one call: the way a worker goes through a project');
export type Advance = z.infer<typeof Advance>;
export const AdvanceReply = z.object({
  results: z
    .array(ReportResult)
    .describe('One for each report: those of `done`, then of `failed`, then of `released`'),
  next: ReserveReply.optional().describe(
    'The answer to `reserve`; absent when it was not given, or refused after reports: then ask again to be told why',
  ),
});
export type AdvanceReply = z.infer<typeof AdvanceReply>;

export const Heartbeat = z
  .strictObject({ worker: WorkerId, tokens: z.array(Token).min(1).max(LIMITS.reports).optional() })
  .describe(
    'Extends leases: those of the tokens, or all that the worker holds. One token of a lease stands for all its files',
  );
export type Heartbeat = z.infer<typeof Heartbeat>;
export const HeartbeatReply = z.object({
  kept: z
    .array(z.object({ token: z.string(), deadline: Timestamp.nullable() }))
    .describe('Tokens whose files are still held, and until when'),
  lost: z.array(z.string()).describe('Tokens whose files are no longer held: stop working on them'),
  cancelled: z.boolean().describe('The project was cancelled: stop working on all its files'),
});
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;

export const Held = z.strictObject({
  worker: WorkerId,
  site: Site.optional(),
  token: Token.optional().describe('Only this file: what it takes to have URLs that work once more'),
});
export type Held = z.infer<typeof Held>;
export const HeldReply = z.object({ reservations: z.array(Reservation.extend({ worker: z.string() })) });
export type HeldReply = z.infer<typeof HeldReply>;

export const OutputRequest = z.strictObject({ token: Token });
export type OutputRequest = z.infer<typeof OutputRequest>;
