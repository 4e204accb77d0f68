import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '../../lib/client/index.ts';
import { runTaskWorker, type TaskWorkerClient } from '../../lib/worker/index.ts';

/**
 * A worker of the crash test of tasks. It tells of three steps, leaves an output, and returns which run that was;
 * each end that the server took goes into a log, a line each, before anything else is done with it. Arguments: server,
 * worker, log.
 */
const [, , server = '', worker = '', log = ''] = process.argv;
const client = createClient({ server });

const endTask: TaskWorkerClient['endTask'] = async (input, options) => {
  const reply = await client.endTask(input, options);
  appendFileSync(log, `${input.token} ${reply.state}\n`);
  return reply;
};

await runTaskWorker({
  ...{ client: { ...client, endTask }, worker, queues: ['q'], concurrency: 3, waitSeconds: 1, handlers: {} },
  async defaultHandler({ attempt }, context) {
    // A worker that is started again goes on in the same attempt.
    const run = `${context.token} ${process.pid}`;
    for (const step of [1, 2, 3]) {
      await setTimeout(Math.random() * 10);
      await context.update({ run, step });
    }
    await writeFile(context.outputs.out ?? '', run);
    return { attempt, run };
  },
});
