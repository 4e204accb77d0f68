import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { Did, FileState, Lane, Seconds, Site, Timestamp, WorkerId } from './words.ts';

/** Requests and replies of workers: reserve, report, heartbeat, advance. */

/** Names a request so that its repetition changes nothing twice; made by the client, new for each request. */
const RequestId = z.string().min(1).max(LIMITS.wordLength);

const TokenText = z.string().max(64);

const wanted = {
  count: z.int().positive().max(LIMITS.reserveCount).default(1),
  /** Where the worker is: decides which copies it is given, and in which order. */
  site: Site.optional(),
  /** Only files of these lanes, the first one's first; absent = all lanes. */
  lanes: z.array(Lane).min(1).max(LIMITS.lanes).optional(),
  /** Only files expected to be finished in this time, one after the other. */
  secondsLeft: Seconds.optional(),
};

export const Reserve = z.strictObject({
  worker: WorkerId,
  ...wanted,
  /** How long to wait for a file before the answer is `wait`; a server may wait shorter. */
  waitSeconds: z.number().nonnegative().max(LIMITS.waitSeconds).default(0),
  requestId: RequestId.optional(),
});
export type Reserve = z.infer<typeof Reserve>;

/** A copy of a reserved file, with a URL that works until the lease ends. */
export const ReservedReplica = z.object({
  url: z.string(),
  site: z.string().optional(),
  /** Smaller is nearer. */
  proximity: z.number(),
});

/** A file that a worker holds. */
export const Reservation = z.object({
  token: z.string(),
  did: z.string(),
  /** 1 for the first. */
  attempt: z.int(),
  /** When the lease ends, or null: when it is reported. */
  deadline: Timestamp.nullable(),
  size: z.int().optional(),
  attributes: z.record(z.string(), z.json()).optional(),
  /** Nearest first. */
  replicas: z.array(ReservedReplica),
});
export type Reservation = z.infer<typeof Reservation>;

/** The answer to reserve: files, or come back later, or the project is over. */
export const ReserveReply = z.discriminatedUnion('status', [
  z.object({ status: z.literal('reserved'), reservations: z.array(Reservation).min(1) }),
  z.object({ status: z.literal('wait'), retryAfterSeconds: z.number() }),
  z.object({ status: z.literal('done'), state: z.enum(['done', 'failed']) }),
]);
export type ReserveReply = z.infer<typeof ReserveReply>;

const reasonText = z.string().max(LIMITS.reasonLength);

/** Who reports: by the reservation's token, or as the worker that holds the file. */
const byToken = { token: TokenText };
const byHolder = { did: Did };

const DoneItem = z.union([z.strictObject(byToken), z.strictObject(byHolder), TokenText]);
const failure = {
  /** Whether another attempt may succeed. */
  retry: z.boolean().default(true),
  reason: reasonText.optional(),
};
const FailedItem = z.union([
  z.strictObject({ ...byToken, ...failure }),
  z.strictObject({ ...byHolder, ...failure }),
]);

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
/** Gives files back that were not begun: the attempt does not count. */
export const Release = z
  .strictObject({ ...worker, released: items(DoneItem) })
  .refine(needsWorker, NEEDS_WORKER);
export type Release = z.infer<typeof Release>;

/** Why a report was refused; nothing changed. */
export const RefusalCode = z.enum([
  'token_unknown',
  'lease_expired',
  'overtaken',
  'already_settled',
  'other_worker',
  'not_reserved',
  'file_unknown',
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** What became of one report, in the order given. */
export const ReportResult = z.discriminatedUnion('accepted', [
  z.object({
    accepted: z.literal(true),
    token: z.string().optional(),
    did: z.string().optional(),
    state: FileState,
    /** It was said and counted before; nothing changed. */
    repeated: z.boolean(),
  }),
  z.object({
    accepted: z.literal(false),
    token: z.string().optional(),
    did: z.string().optional(),
    code: RefusalCode,
    detail: z.string(),
  }),
]);
export type ReportResult = z.infer<typeof ReportResult>;

/**
 * The answer to reports. A request with a single report that is refused is answered with that problem instead.
 * `project` is the project's state after them.
 */
export const ReportReply = z.object({ results: z.array(ReportResult) });
export type ReportReply = z.infer<typeof ReportReply>;

/** Reports, and asks for more, in one call: the way a worker goes through a project. */
export const Advance = z
  .strictObject({
    worker: WorkerId,
    done: z.array(DoneItem).max(LIMITS.reports).default([]),
    failed: z.array(FailedItem).max(LIMITS.reports).default([]),
    released: z.array(DoneItem).max(LIMITS.reports).default([]),
    reserve: z
      .strictObject({ ...wanted, waitSeconds: z.number().nonnegative().max(LIMITS.waitSeconds).default(0) })
      .optional(),
    requestId: RequestId.optional(),
  })
  .refine(needsWorker, NEEDS_WORKER);
export type Advance = z.infer<typeof Advance>;
export const AdvanceReply = z.object({ results: z.array(ReportResult), next: ReserveReply.optional() });
export type AdvanceReply = z.infer<typeof AdvanceReply>;

/** Extends leases: those of the tokens given, or all that the worker holds. One token of a lease stands for all its files. */
export const Heartbeat = z.strictObject({
  worker: WorkerId,
  tokens: z.array(TokenText).min(1).max(LIMITS.reports).optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
export const HeartbeatReply = z.object({
  /** Tokens whose files are still held, and until when. */
  kept: z.array(z.object({ token: z.string(), deadline: Timestamp.nullable() })),
  /** Tokens whose files are no longer held: stop working on them. */
  lost: z.array(z.string()),
  /** The project was cancelled or deleted: stop working on all. */
  cancelled: z.boolean(),
});
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;

/** The files a worker holds, with URLs that work: how it goes on after a restart. */
export const Held = z.strictObject({ worker: WorkerId, site: Site.optional() });
export type Held = z.infer<typeof Held>;
export const HeldReply = z.object({ reservations: z.array(Reservation.extend({ worker: z.string() })) });
export type HeldReply = z.infer<typeof HeldReply>;

/** Where to put the output of one attempt; it counts when that attempt's `done` does. */
export const OutputRequest = z.strictObject({ token: TokenText });
export type OutputRequest = z.infer<typeof OutputRequest>;
