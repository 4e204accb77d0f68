import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** The processes of a benchmark: servers and load run beside each other, never in the measuring process. */

export type Message = Readonly<Record<string, unknown>>;

export function start(
  script: string,
  args: readonly string[],
  execArgv: readonly string[] = [],
): ChildProcess {
  return fork(new URL(script, import.meta.url), [...args], { execArgv: [...execArgv] });
}

const NEVER = new Promise<never>(() => {});

/** The next message of a child; fails when it ends instead. */
export async function nextMessage(child: ChildProcess): Promise<Message> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(
    ([code]) => {
      throw new Error(`${child.spawnargs.at(-2)} ended with ${code} before it answered`);
    },
    () => NEVER,
  );
  const [message] = await Promise.race([once(child, 'message'), ended]);
  answered.abort();
  return message;
}

export async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Files reserved and done a second, by clients in a process of their own. */
export async function load(...args: readonly (string | number)[]): Promise<number> {
  const { filesPerSecond } = await nextMessage(start('load.ts', args.map(String)));
  return Number(filesPerSecond);
}
