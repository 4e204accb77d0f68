import { type Client, createClient } from '../client/index.ts';
import type { Context } from './frame/context.ts';

/** The client of the server that the command line names. */
export function clientFor({ server, token }: Context): Client {
  return createClient({ server, token });
}
