import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Role, User } from '../contract/words.ts';
import type { Caller } from '../domain/project.ts';

/** A file of tokens: who bears which, and what they may do. */
export const TokenFile = z.array(
  z.strictObject({
    token: z.string().min(16, 'a token has at least 16 characters'),
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
