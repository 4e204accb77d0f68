import type { Client } from '../client/index.ts';
import { connect } from '../connect/connect.ts';
import type { Context } from './frame/context.ts';

/** The client of the server that the command line names. */
export function clientFor({ server, token, env }: Context): Client {
  return connect({ server, token }, env);
}
