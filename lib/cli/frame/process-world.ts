import type { Output, World } from './context.ts';
import { Stopped } from './errors.ts';

/** One Ctrl-C may arrive twice: from the terminal, and forwarded by npm or by the launcher. */
const SAME_SIGNAL_MS = 500;

/**
 * The world of this very process. The first SIGINT or SIGTERM aborts its signal, so that a command can stop
 * well; another one, half a second later or more, ends the process at once.
 */
export function processWorld(): World {
  const controller = new AbortController();
  stopOnSignals(controller);
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read it has had enough (`| head`): there is nobody left to tell.
    stream.on('error', () => controller.abort(new Stopped('output closed')));
  }
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin: () => process.stdin,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    now: Date.now,
  };
}

function stopOnSignals(controller: AbortController): void {
  let firstAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const stopped = new Stopped(name);
      firstAt ??= performance.now();
      if (performance.now() - firstAt >= SAME_SIGNAL_MS) process.exit(stopped.exitCode);
      controller.abort(stopped);
    });
  }
}

function output(stream: NodeJS.WriteStream): Output {
  let caughtUp: Promise<void> | undefined;
  return {
    write: text => {
      stream.write(text);
    },
    room() {
      if (!stream.writableNeedDrain) return undefined;
      caughtUp ??= new Promise<void>(resolve => {
        const settle = () => {
          stream.off('drain', settle).off('close', settle);
          caughtUp = undefined;
          resolve();
        };
        stream.on('drain', settle).on('close', settle);
      });
      return caughtUp;
    },
    isTerminal: stream.isTTY === true && process.env.TERM !== 'dumb',
    get columns() {
      return stream.columns || 80;
    },
  };
}
