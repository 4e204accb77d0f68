import command from '../lib/cli/commands/demo.ts';
import { reportDemo } from '../lib/cli/demo/report-demo.ts';
import { runDemo } from '../lib/cli/demo/run-demo.ts';
import { defineCommand } from '../lib/cli/frame/command.ts';
import { runProcess } from '../lib/cli/frame/run-process.ts';
import { localStackStage } from './demo/localstack-stage.ts';

/** `sluice demo`, and with `--target localstack` the same on a deployed stack in an emulator. */
const onLocalStack = defineCommand({
  summary: 'The demo on AWS in an emulator: files in S3, four workers, two of them killed',
  options: {
    target: { type: 'choice', choices: ['localstack'], description: 'where the demo plays' },
    files: { type: 'integer', min: 1, max: 10_000, default: 200, description: 'how many files to make' },
    workers: { type: 'integer', min: 3, max: 32, default: 4, description: 'how many workers to start' },
  },
  examples: [{ command: 'npm run demo -- --target localstack', says: 'A few minutes, 200 files' }],
  exits: ['no'],
  async run(context, { files, workers }) {
    return reportDemo(context, files, await runDemo(context, { files, workers }, localStackStage));
  },
});

const demo = process.argv.includes('--target') ? onLocalStack : command;
process.argv.splice(2, 0, 'demo');
await runProcess({ summary: 'Demos of Sluice', commands: { demo: async () => ({ default: demo }) } });
