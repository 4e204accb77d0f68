import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { defineCommand } from '../../lib/cli/frame/command.ts';
import { runProcess } from '../../lib/cli/frame/run-process.ts';

/** A command line for tests of the process itself: its commands say what they do, and then wait for signals. */

const wait = defineCommand({
  summary: 'Wait until told to stop',
  async run({ stdout, signal }) {
    stdout.write('waiting\n');
    await setTimeout(60_000, null, { signal });
    return EXIT.ok;
  },
});

const stubborn = defineCommand({
  summary: 'Hear of a signal, and go on',
  async run({ stdout, signal }) {
    signal.addEventListener('abort', () => stdout.write('heard\n'));
    stdout.write('waiting\n');
    await setTimeout(60_000);
    return EXIT.ok;
  },
});

const graceful = defineCommand({
  summary: 'Stop well when told',
  async run({ stdout, signal }) {
    stdout.write('waiting\n');
    await setTimeout(60_000, null, { signal }).catch(() => stdout.write('stopped\n'));
    return EXIT.ok;
  },
});

const flood = defineCommand({
  summary: 'Write until nobody reads',
  async run({ stdout, signal }) {
    for (;;) {
      stdout.write(`${'x'.repeat(1000)}\n`);
      await setTimeout(0, null, { signal });
    }
  },
});

const patient = defineCommand({
  summary: 'Write 10 MB as fast as they are read, and say how much waited at most',
  async run({ stdout, stderr, signal }) {
    let most = 0;
    for (let n = 0; n < 1000 && !signal.aborted; n += 1) {
      stdout.write(`${'x'.repeat(9999)}\n`);
      most = Math.max(most, process.stdout.writableLength);
      await stdout.room();
    }
    stderr.write(`${most}\n`);
    return EXIT.ok;
  },
});

const fault = defineCommand({
  summary: 'Throw where nobody catches',
  async run() {
    queueMicrotask(() => {
      throw new Error('out of place');
    });
    await setTimeout(60_000);
    return EXIT.ok;
  },
});

const lingering = defineCommand({
  summary: 'Return, and leave a timer behind',
  async run({ stdout }) {
    void setTimeout(60_000);
    stdout.write(`${'x'.repeat(200_000)}end`);
    return EXIT.no;
  },
});

const look = defineCommand({
  summary: 'Say what stdout is',
  async run({ stdout }) {
    stdout.write(JSON.stringify([stdout.isTerminal, stdout.columns]));
    return EXIT.ok;
  },
});

const commands = { wait, stubborn, graceful, flood, patient, fault, lingering, look };

/** What `bin/sluice.js` starts, in place of the commands of `sluice`. */
export function main(): Promise<never> {
  const loaders = Object.entries(commands).map(([name, command]) => [
    name,
    async () => ({ default: command }),
  ]);
  return runProcess({ summary: 'A test.', commands: Object.fromEntries(loaders) });
}
