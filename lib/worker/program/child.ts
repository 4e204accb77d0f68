import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../clock.ts';
import { eachLine, type OnLine } from './lines.ts';

/** How a program ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onStdout: OnLine;
  readonly onStderr: OnLine;
  /** Takes out of lines what nobody is to see. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Aborted to end the program: SIGTERM, and SIGKILL when it has not ended after `killGraceSeconds`. */
  readonly signal: AbortSignal;
  readonly killGraceSeconds: number;
  readonly clock: Clock;
}

/** Something that left the program's group may hold its output open; it is not waited for longer than this. */
const DRAIN_MS = 1000;

/**
 * Runs a program in a process group of its own, so that Ctrl-C in a terminal reaches the worker only, and so that
 * the program's own children end with it. Its standard input is empty.
 *
 * Fails with the system's error when the program cannot be started.
 */
export async function runChild(options: ChildOptions): Promise<Exit> {
  const { program, args, env, signal, clock } = options;
  signal.throwIfAborted();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines = [
    eachLine(child.stdout, options.onStdout, options.clean),
    eachLine(child.stderr, options.onStderr, options.clean),
  ];
  const closed = once(child, 'close').catch(() => {});
  const ended = new AbortController();

  const terminate = async () => {
    signalGroup(child.pid, 'SIGTERM');
    await clock.sleep(options.killGraceSeconds * 1000, ended.signal);
    if (!ended.signal.aborted) signalGroup(child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', terminate, { once: true });
  try {
    const exit = await exitOf(child);
    signalGroup(child.pid, 'SIGKILL');
    // What it left is no more than a pipe holds.
    for (const each of lines) each.hurry();
    await Promise.race([closed, clock.sleep(DRAIN_MS, ended.signal)]);
    return exit;
  } finally {
    ended.abort();
    signal.removeEventListener('abort', terminate);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function exitOf(child: ReturnType<typeof spawn>): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody of the group is left.
  }
}
