/** Sluice as a library: the typed client, the worker loop, and the whole server in one process. */
export { startLocal, type LocalOptions, type LocalSluice } from '../functions/local.ts';
export * from './client/index.ts';
export * from './worker/index.ts';
