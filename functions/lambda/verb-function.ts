import * as z from 'zod';
import type { Context } from '../../lib/dispatch/context.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import type { HttpEvent, HttpReply } from '../http.ts';
import { problemReply } from '../middleware/problems.ts';
import type { Verb } from '../middleware/verb.ts';
import { routerOf } from '../router.ts';
import { iamCaller } from './iam-caller.ts';
import { type Payload, requestOf } from './plain.ts';

/** Who may do what, beside what IAM says. */
export interface Access {
  readonly admins: ReadonlySet<string>;
  /** Emulators do not say who calls a function URL: this user does then. On AWS there is always a caller. */
  readonly unnamed?: string | undefined;
}

/** Lambda lets an answer of 6 MB through, as JSON. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;
/** What a character can become at most, as JSON in JSON. */
const BYTES_PER_CHARACTER = 7;

/** What AWS calls: a function URL's event to its reply, or a plain payload to the reply's document itself. */
export type LambdaFunction = (event: unknown) => Promise<unknown>;

/** The part of a function URL's event that Sluice reads. */
const UrlEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()),
  requestContext: z.object({
    http: z.object({ method: z.string() }),
    authorizer: z.object({ iam: z.object({ userArn: z.string() }) }).nullish(),
  }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});

/**
 * Verbs of the API as a Lambda function. A refusal of a plain payload is answered with the problem document.
 *
 * Who invokes directly could send what looks like a function URL's event, with any name in it. That gains nothing: a
 * plain payload may do all that the function can.
 */
export function verbFunction(
  verbs: readonly Verb[],
  contextOf: () => Context,
  accessOf: () => Access,
): LambdaFunction {
  const names = verbs.map(({ name }) => name);
  const connect = () => {
    const context = contextOf();
    return { context, handler: routerOf(context, verbs) };
  };
  let connected: ReturnType<typeof connect> | undefined;

  async function answer(requestFrom: () => HttpEvent): Promise<HttpReply> {
    connected ??= connect();
    const { context, handler } = connected;
    let request: HttpEvent;
    try {
      request = requestFrom();
    } catch (error) {
      return problemReply(error, context.warn);
    }
    return ofPassableSize(await handler(request, {}), context);
  }

  return async event => {
    const url = UrlEvent.safeParse(event);
    if (url.success) return answer(() => namedRequest(url.data, accessOf()));
    const reply = await answer(() => requestOf(payloadOf(event), names));
    return JSON.parse(reply.body);
  };
}

/** An answer that Lambda would not let through is a refusal that says what helps. */
function ofPassableSize(reply: HttpReply, { warn }: Context): HttpReply {
  const mayBeTooLarge = reply.body.length * BYTES_PER_CHARACTER > MAX_ANSWER_BYTES;
  const bytes = mayBeTooLarge ? Buffer.byteLength(JSON.stringify(reply)) : 0;
  if (bytes <= MAX_ANSWER_BYTES) return reply;
  const detail = `the answer has ${bytes} bytes, and Lambda lets ${MAX_ANSWER_BYTES} through: ask for fewer files at once`;
  return problemReply(new ProblemError('body_too_large', detail), warn);
}

/** The same request with its caller as Sluice names them. */
function namedRequest({ requestContext, ...event }: z.infer<typeof UrlEvent>, access: Access): HttpEvent {
  const { http, authorizer } = requestContext;
  const { admins, unnamed } = access;
  const caller = authorizer
    ? iamCaller(authorizer.iam.userArn, admins)
    : unnamed !== undefined
      ? { user: unnamed, roles: [], admin: admins.has(unnamed) }
      : undefined;
  return { ...event, requestContext: { http, ...(caller && { authorizer: { sluice: caller } }) } };
}

function payloadOf(event: unknown): Payload {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new ProblemError('invalid_request', 'a plain payload is a JSON object: { "verb": "reserve", … }');
  return { ...event };
}
