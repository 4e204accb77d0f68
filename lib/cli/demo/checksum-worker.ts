import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connect } from '../../connect/connect.ts';
import { type FileTask, runWorker } from '../../worker/index.ts';

/**
 * A worker as its users write it: it takes the SHA-256 of every file it is given, through the file's URL, and leaves
 * it as the file's output. `demo` starts it several times.
 */
const { values } = parseArgs({
  options: { server: { type: 'string' }, project: { type: 'string' }, worker: { type: 'string' } },
});
const client = connect({ server: values.server ?? '' });
const project = Number(values.project);
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

await runWorker({
  client,
  project,
  worker: values.worker ?? '',
  handler,
  concurrency: 4,
  signal: stop.signal,
});

async function handler({ token, url = '' }: FileTask): Promise<undefined> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const output = await client.output({ project, token });
  const stored = await fetch(output.url, {
    method: 'PUT',
    body: createHash('sha256').update(bytes).digest('hex'),
  });
  if (!stored.ok) throw new Error(`the checksum could not be stored: ${stored.status}`);
}
