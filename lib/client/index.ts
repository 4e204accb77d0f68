export { type CallOptions, type Client, type ClientOptions, createClient } from './client.ts';
export { RefusedError, UnreachableError } from './errors.ts';
