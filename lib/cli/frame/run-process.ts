import { describeError } from './describe-error.ts';
import type { Group } from './locate.ts';
import { processWorld } from './process-world.ts';
import { run } from './run.ts';

/** Runs this process's command line, and ends the process with its exit code. */
export async function runProcess(root: Group): Promise<never> {
  process.on('uncaughtException', endAtFault);
  const exitCode = await run(root, process.argv.slice(2), processWorld());
  await Promise.all([process.stdout, process.stderr].map(written));
  // Open sockets and timers of a command that has its answer must not hold up a shell loop.
  process.exit(exitCode);
}

/** Waits until what was written to a stream has gone, or cannot go. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    stream.write('', () => resolve());
  });
}

/** An error that no command caught: Node would end with 1, which means something else here. */
function endAtFault(error: Error): never {
  const { message, exitCode } = describeError(error);
  process.stderr.write(`sluice: ${message}\n`);
  if (process.env.SLUICE_DEBUG === '1') process.stderr.write(`${error.stack}\n`);
  process.exit(exitCode);
}
