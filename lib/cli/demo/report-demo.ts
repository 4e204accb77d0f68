import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Context } from '../frame/context.ts';
import { formatCount } from '../frame/quantity.ts';
import type { DemoResult } from './run-demo.ts';

/** Says how the demo went; `no` is the exit code where a file is not as it should be. */
export function reportDemo(
  { json, stdout }: Context,
  files: number,
  { project, wrong, seconds }: DemoResult,
): ExitCode {
  const verified = files - wrong.length;
  const good = project.state === 'done' && verified === files;
  if (json) stdout.write(`${JSON.stringify({ project, verified, seconds })}\n`);
  else {
    const { done, failed } = project.counts;
    stdout.write(
      `project ${project.id} is ${project.state}: ${formatCount(done)} done, ${formatCount(failed)} failed\n` +
        `${formatCount(verified)} of ${formatCount(files)} checksums verified, in ${seconds.toFixed(1)} s\n`,
    );
  }
  return good ? EXIT.ok : EXIT.no;
}
