import { runDemo } from '../demo/run-demo.ts';
import { EXIT } from '../exit-codes.ts';
import { defineCommand } from '../frame/command.ts';
import { formatCount } from '../frame/quantity.ts';

export default defineCommand({
  summary: 'See it work: a project of real files, four workers, two crashes',
  description:
    'Makes a folder of files, starts a server and workers that take the checksum of every file through its URL, ' +
    'kills a worker and the server on the way, and verifies the result. All in a temporary folder.',
  options: {
    files: { type: 'integer', min: 1, max: 100_000, default: 2000, description: 'how many files to make' },
    workers: { type: 'integer', min: 2, max: 32, default: 4, description: 'how many workers to start' },
  },
  examples: [{ command: 'sluice demo', says: 'Half a minute, 2,000 files' }],
  exits: ['no'],
  async run(context, { files, workers }) {
    const { project, wrong, seconds } = await runDemo(context, files, workers);
    const verified = files - wrong.length;
    const good = project.state === 'done' && verified === files;
    if (context.json) context.stdout.write(`${JSON.stringify({ project, verified, seconds })}\n`);
    else {
      const { done, failed } = project.counts;
      context.stdout.write(
        `project ${project.id} is ${project.state}: ${formatCount(done)} done, ${formatCount(failed)} failed\n` +
          `${formatCount(verified)} of ${formatCount(files)} checksums verified, in ${seconds.toFixed(1)} s\n`,
      );
    }
    return good ? EXIT.ok : EXIT.no;
  },
});
