import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Answer, UnreachableError } from '../../client/index.ts';
import { callersCredentials } from './credentials.ts';
import { problemIn } from './refusals.ts';

export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AwsAnswer extends Answer {
  /** The function itself broke off, in this way. */
  readonly functionError?: string | undefined;
}

/**
 * Sends requests to Lambda in a region, signed (SigV4) with the caller's credentials. All go to `endpoint` where one is
 * given: an emulator tells by the Host header what is meant.
 */
export function sendTo(
  region: string,
  endpoint: string | undefined,
): (request: AwsRequest) => Promise<AwsAnswer> {
  const credentials = callersCredentials();
  const sha256 = Hash.bind(null, 'sha256');
  const sign = async (request: AwsRequest, options?: { forceRefresh: boolean }) => {
    const signing = await credentials(options);
    const signer = new SignatureV4({ service: 'lambda', region, credentials: signing, sha256 });
    return {
      key: `${signing.accessKeyId} ${signing.sessionToken}`,
      signed: await signer.sign(httpRequest(request)),
    };
  };
  return async request => {
    const { key, signed } = await sign(request);
    const answer = await transmit(request, signed.headers, endpoint);
    if (answer.status !== 403 || problemIn(answer.text)) return answer;
    // Not every source of credentials says when they expire: there may be new ones.
    const renewed = await sign(request, { forceRefresh: true });
    return renewed.key === key ? answer : transmit(request, renewed.signed.headers, endpoint);
  };
}

function httpRequest({ method, url, headers, body }: AwsRequest) {
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    ...(body !== undefined && { body }),
  };
}

/** By Node's own client: `fetch` lets nobody say which host is meant. */
async function transmit(
  { method, url, body, signal }: AwsRequest,
  headers: Record<string, string>,
  endpoint: string | undefined,
): Promise<AwsAnswer> {
  const target = new URL(url.pathname + queryOf(url), endpoint ?? url);
  const { request } = target.protocol === 'http:' ? http : https;
  try {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request(target, { method, headers, ...(signal && { signal }) })
      .on('error', reject)
      .on('response', resolve)
      .end(body);
    const response = await promise;
    const broke = response.headers['x-amz-function-error'];
    return {
      status: response.statusCode ?? 0,
      text: await text(response),
      functionError: Array.isArray(broke) ? broke[0] : broke,
    };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new UnreachableError(`no answer from ${target.origin}: ${reasonOf(cause)}`, { cause });
  }
}

/** The query as it is signed: all but letters, digits and `-_.~` is escaped, the space too. */
function queryOf({ searchParams }: URL): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return query && `?${query}`;
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error for each, and a message of its own that is empty.
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
