import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { Role, User } from '../contract/words.ts';
import type { Caller } from '../domain/project.ts';

/** A file of tokens: who bears which, and what they may do. */
export const TokenFile = z.array(
  z.strictObject({
    token: z
      .string()
      .min(16, 'a token has at least 16 characters')
      // What can stand behind `Bearer` (RFC 6750).
      .regex(/^[\w.~+/-]+=*$/, 'a token has only letters, digits, "-", ".", "_", "~", "+" and "/"'),
    user: User,
    roles: z.array(Role).default([]),
    admin: z.boolean().default(false),
  }),
);
export type TokenFile = z.infer<typeof TokenFile>;

/** Without tokens every caller is this one; that is allowed on the loopback interface only. */
const LOCAL: Caller = { user: 'local', roles: [], admin: true };

/** Finds the caller of a token. Tokens are compared by their hashes, in constant time. */
export function authenticator(tokens: TokenFile): (token: string | undefined) => Caller | undefined {
  if (tokens.length === 0) return () => LOCAL;
  const known = tokens.map(({ token, ...caller }) => ({ hash: hashOf(token), caller }));
  return token => {
    if (token === undefined) return undefined;
    const hash = hashOf(token);
    return known.find(one => timingSafeEqual(one.hash, hash))?.caller;
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Says why a server may not listen at an address, or nothing when it may. */
export function bindFault(host: string, tokens: TokenFile): string | undefined {
  if (LOOPBACK.test(host) || tokens.length > 0) return undefined;
  return `${host} can be reached from other machines, so a token is needed: set SLUICE_TOKEN or give --tokens FILE`;
}

/** What a request tells of where it comes from: its `Host` and `Origin` headers. */
export interface Provenance {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/**
 * Says why a request that needs no token is not one of this machine's users, or nothing when it may be.
 *
 * A browser reaches the loopback interface for any page it shows: under that page's origin, or under a name that
 * the page lets point here (DNS rebinding). Neither can borrow a token, so this matters only where none is needed.
 * `publicUrl` is what the server is called by others than itself.
 */
export function strangerFault(
  tokens: TokenFile,
  publicUrl: string | undefined,
): (request: Provenance) => string | undefined {
  if (tokens.length > 0) return () => undefined;
  const known = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return ({ host, origin }) => {
    if (host === undefined) return undefined;
    const name = host.replace(/:\d*$/, '').toLowerCase();
    if (!LOOPBACK.test(name) && name !== known)
      return `a server without a token answers to its own address only, not to ${name}: use 127.0.0.1, or set SLUICE_TOKEN`;
    if (origin !== undefined && hostOf(origin) !== host.toLowerCase())
      return `a page of ${origin} may not use a server without a token`;
    return undefined;
  };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
