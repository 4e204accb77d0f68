import type { Caller } from '../lib/domain/project.ts';

/**
 * The part of an API Gateway v2 event (what a Lambda function URL sends) that Sluice reads. The embedded server
 * sends the same.
 */
export interface HttpEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** Who calls, as the home established it. */
    readonly authorizer?: { readonly sluice?: Caller };
  };
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The part of a Lambda context that Sluice reads; the embedded server tells by `signal` that the caller hung up. */
export interface CallContext {
  readonly signal?: AbortSignal;
}

const JSON_HEADERS = { 'content-type': 'application/json' };

export function jsonReply(statusCode: number, body: unknown): HttpReply {
  return { statusCode, headers: JSON_HEADERS, body: JSON.stringify(body) };
}
