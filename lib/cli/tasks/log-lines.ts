import type { Client } from '../../client/index.ts';
import type { Context } from '../frame/context.ts';
import { printable } from '../frame/text.ts';

/** What there is of a task's log and was not shown. */
export interface LogReader {
  /** Writes it to stdout, `clear` being called before. Answers whether the task has ended, so that this was the end. */
  showNew(clear?: () => void): Promise<boolean>;
}

export function logReader({ stdout, signal }: Context, client: Client, task: string): LogReader {
  let after: string | undefined;
  return {
    async showNew(clear) {
      for (;;) {
        const { text, next, more, ended } = await client.readLog({ task, after }, { signal });
        after = next;
        if (text) clear?.();
        stdout.write(stdout.isTerminal ? printable(text) : text);
        await stdout.room();
        if (!more) return ended;
      }
    },
  };
}
