import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import type { FileTask } from '../../../lib/worker/index.ts';

/** An HTTP server on a free port of this machine, for one test; its base URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** A URL where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return address === null || typeof address === 'string' ? '' : `http://127.0.0.1:${address.port}`;
}

export function task(did: string, urls: readonly string[], more: Partial<FileTask> = {}): FileTask {
  const replicas = urls.map((url, proximity) => ({ url, proximity }));
  return { did, token: `7.${did}.1`, attempt: 1, deadline: null, replicas, url: urls[0], ...more };
}
