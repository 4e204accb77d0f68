/** Sluice as a library: the typed client, the worker loop, and the whole server in one process. */
export { type LocalOptions, type LocalSluice, startLocal } from '../functions/local.ts';
export * from './client/index.ts';
export { type ConnectOptions, connect } from './connect/connect.ts';
export * from './worker/index.ts';
