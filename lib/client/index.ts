export { type CallOptions, type Client, type ClientOptions, clientOver, createClient } from './client.ts';
export { RefusedError, UnreachableError } from './errors.ts';
export { httpRequestOf } from './over-http.ts';
export type { Answer, Call, Transport } from './transport.ts';
