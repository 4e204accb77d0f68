import { createClient } from '../../lib/client/index.ts';
import { runTaskWorker, TaskHandler } from '../../lib/worker/index.ts';

/**
 * A worker of tasks that are to be killed: it counts its steps in the checkpoint, says each on a line, and goes on until
 * the configuration `watch` says that it is over. Arguments: server, worker.
 */
const [, , server = '', worker = ''] = process.argv;

class Watch extends TaskHandler {
  override pauseSeconds = 0.05;
  #steps = Number(this.task.checkpoint?.steps ?? 0);

  async process() {
    this.#steps += 1;
    await this.context.checkpoint({ steps: this.#steps });
    process.stdout.write(`${this.task.attempt} ${this.#steps}\n`);
    const { isOver } = await this.context.getConfig('watch');
    if (isOver) this.stop({ steps: this.#steps });
  }
}

await runTaskWorker({
  client: createClient({ server }),
  worker,
  queues: ['q'],
  handlers: { watch: Watch },
  waitSeconds: 1,
});
