import { setTimeout as sleep } from 'node:timers/promises';
import { sluiceFunction, type TaskFunction, TaskHandler } from '../../lib/function/index.ts';

/** Says what it was given, and who it is. */
const echo: TaskFunction = async ({ args, attempt }, context) => {
  await context.update({ seen: args }, { maxlen: 1 });
  return { args, attempt };
};

/** Dies in its first attempt, as a function does that runs out of memory. */
const dies: TaskFunction = ({ attempt }) => {
  if (attempt === 1) process.exit(1);
  return { attempt };
};

/** Takes longer than the function may run, and pays no heed to it. */
const hangs: TaskFunction = async ({ attempt }) => {
  if (attempt === 1) await sleep(60_000);
  return { attempt };
};

/** Counts to three, with a pause for which one run of the function is too short. */
class Counts extends TaskHandler {
  override pauseSeconds = 3;
  #n = Number(this.task.checkpoint?.n ?? 0);

  async process(): Promise<void> {
    this.#n += 1;
    await this.context.checkpoint({ n: this.#n });
    if (this.#n === 3) this.stop({ n: this.#n });
  }
}

export const handler = sluiceFunction({ echo, dies, hangs, counts: Counts });
