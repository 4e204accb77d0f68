import { isUtf8 } from 'node:buffer';
import type { MiddlewareObj } from '@middy/core';
import type * as z from 'zod';
import { clauseOf, faultsOf } from '../../lib/contract/faults.ts';
import { LIMITS } from '../../lib/contract/limits.ts';
import { namesIn, PATH_NAMES, type PathKey } from '../../lib/contract/path.ts';
import type { Route } from '../../lib/contract/routes.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import type { HttpEvent, HttpReply } from '../http.ts';

const SHOWN_LENGTH = 40;

/** Reads and checks a verb's input against its contract, and leaves it on the event for the handler. */
export function input(route: Route): MiddlewareObj<HttpEvent & { input?: unknown }, HttpReply> {
  const names = namesIn(route.path);
  return {
    before: ({ event }) => {
      const raw = route.method === 'GET' || route.method === 'DELETE' ? queryOf(event) : bodyOf(event);
      const parsed = route.input.safeParse(raw, { error: clauseOf });
      if (!parsed.success) throw invalid(parsed.error);
      const named = names.map(name => [name, namedIn(event, name)]);
      event.input =
        names.length > 0 ? { ...asObject(parsed.data), ...Object.fromEntries(named) } : parsed.data;
    },
  };
}

function bodyOf({ body, isBase64Encoded }: HttpEvent): unknown {
  if (!body) return {};
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : undefined;
  const length = bytes?.length ?? Buffer.byteLength(body);
  if (length > LIMITS.bodyBytes)
    throw new ProblemError(
      'body_too_large',
      `a request may have ${LIMITS.bodyBytes} bytes; this one has ${length}`,
    );
  if (bytes && !isUtf8(bytes)) throw new ProblemError('invalid_request', 'the body is not UTF-8');
  try {
    return JSON.parse(bytes?.toString('utf8') ?? body);
  } catch (cause) {
    throw new ProblemError('invalid_request', 'the body is not JSON', { cause });
  }
}

function queryOf({ rawQueryString }: HttpEvent): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    if (query.has(name)) throw new ProblemError('invalid_request', `${name}: the parameter is given twice`);
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

/** What the path names, checked; numbers are written without a zero before them. */
function namedIn({ pathParameters }: HttpEvent, name: PathKey): unknown {
  const { schema, unknown, called } = PATH_NAMES[name];
  const text = pathParameters?.[name] ?? '';
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
  const value = name === 'project' ? number : decoded(text);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ProblemError(unknown, `"${text.slice(0, SHOWN_LENGTH)}" is not ${called}`);
  return parsed.data;
}

/** Clients may write `@` and `+` otherwise. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function invalid(error: z.ZodError): ProblemError {
  const faults = faultsOf(error);
  const detail = faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new ProblemError('invalid_request', detail, { faults });
}
