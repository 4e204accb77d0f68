import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '../../lib/client/index.ts';
import { runWorker, type WorkerOptions } from '../../lib/worker/index.ts';

/**
 * A worker of the crash test. What the server answers to its reports goes into a log, a line each, before anything
 * else is done with it. Arguments: server, project, worker, log, journal.
 */
const [, , server = '', project = '', worker = '', log = '', journal = ''] = process.argv;
const client = createClient({ server });

const advance: WorkerOptions['client']['advance'] = async (input, options) => {
  const reply = await client.advance(input, options);
  for (const result of reply.results) appendFileSync(log, `${JSON.stringify(result)}\n`);
  return reply;
};

await runWorker({
  client: { ...client, advance },
  project: Number(project),
  worker,
  journal,
  concurrency: 4,
  prefetch: 2,
  waitSeconds: 1,
  async handler() {
    await setTimeout(Math.random() * 20);
    return undefined;
  },
});
