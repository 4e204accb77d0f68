import { localStage } from '../demo/local-stage.ts';
import { reportDemo } from '../demo/report-demo.ts';
import { runDemo } from '../demo/run-demo.ts';
import { defineCommand } from '../frame/command.ts';

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
    return reportDemo(context, files, await runDemo(context, { files, workers }, localStage));
  },
});
