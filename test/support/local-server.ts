import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LocalOptions, type LocalSluice, startLocal } from '../../functions/local.ts';
import { tempFolder } from './temp-folder.ts';

/** A whole Sluice at a free port in a folder of the running test's own, stopped when that ends. */
export interface LocalServer extends LocalSluice {
  readonly folder: string;
  /** What it complained of. */
  readonly warnings: readonly unknown[];
  /** Calls the API; the body of a reply is JSON of any form. */
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export async function startServer(options: Partial<LocalOptions> = {}): Promise<LocalServer> {
  const folder = options.folder ?? join(await tempFolder(), 'sluice');
  const warnings: unknown[] = [];
  const warn = (message: string, error: unknown) => warnings.push(message, error);
  const sluice = await startLocal({ port: 0, warn, ...options, folder });
  onTestFinished(() => sluice.close());
  return {
    ...sluice,
    folder,
    warnings,
    async call(method, path, body, headers = {}) {
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(sluice.url + path, init);
      return { status: response.status, body: await response.json() };
    },
  };
}
