import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome, OLD_NODE, shell } from '../support/cli-home.ts';

let home: CliHome;

beforeAll(async () => {
  const commands = JSON.stringify(resolve('test/support/waiting-cli.ts'));
  home = await CliHome.make(`export { main } from ${commands};`);
  await home.bundle(`exec '${process.execPath}' "$@"`);
});
afterAll(() => home.remove());

describe.each([
  ['with a Node that runs TypeScript', []],
  ['with an older Node, through the one beside it', [OLD_NODE]],
])('%s', (_, nodeOptions) => {
  it('the exit code and the output are those of the command, and nothing it left behind holds it up', async () => {
    const { stdout, stderr, code } = await home.start(nodeOptions, 'lingering').ended;
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.slice(-4)).toBe('xend');
    expect(stdout).toHaveLength(200_003);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a waiting command quietly with %i', async (signal, code) => {
    const { child, ended, ready } = home.start(nodeOptions, 'wait');
    await ready;
    child.kill(signal);
    expect(await ended).toEqual({ code, signal: null, stdout: 'waiting\n', stderr: '' });
  });

  it('a command that stops well keeps its exit code', async () => {
    const { child, ended, ready } = home.start(nodeOptions, 'graceful');
    await ready;
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null, stdout: 'waiting\nstopped\n', stderr: '' });
  });

  it('a second Ctrl-C ends a command that does not stop, but one that came twice counts once', async () => {
    const { child, ended, ready } = home.start(nodeOptions, 'stubborn');
    await ready;
    child.kill('SIGINT');
    child.kill('SIGINT');
    // Longer than the half second within which two signals are one.
    await setTimeout(700);
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null, stdout: 'waiting\nheard\n', stderr: '' });
  });

  it('an error that nobody caught is one sentence and 70', async () => {
    const stderr = 'sluice: internal fault: out of place (SLUICE_DEBUG=1 shows where)\n';
    expect(await home.start(nodeOptions, 'fault').ended).toEqual({
      code: 70,
      signal: null,
      stdout: '',
      stderr,
    });
  });

  it('a reader that leaves early ends it quietly', async () => {
    const script = '"$@" flood | head -1 | wc -c; echo $PIPESTATUS';
    const line = [process.execPath, ...nodeOptions, home.launcher];
    expect(await shell('bash', script, ...line)).toEqual({ stdout: '1001\n0\n', stderr: '' });
  });
});

describe('stdout', () => {
  it('has a slow reader waited for, so that little is kept in memory', async () => {
    const script = '"$@" patient | (sleep 0.3; wc -c)';
    const { stdout, stderr } = await shell('bash', script, process.execPath, home.launcher);
    expect(stdout).toBe('10000000\n');
    expect(Number(stderr)).toBeGreaterThan(0);
    expect(Number(stderr)).toBeLessThan(100_000);
  });

  it('has nobody waited for who has left', async () => {
    const script = '"$@" patient | (sleep 0.3; head -1 | wc -c)';
    const { stdout } = await shell('bash', script, process.execPath, home.launcher);
    expect(stdout).toBe('10000\n');
  });

  it('is no terminal in a pipe', async () => {
    expect((await home.start([], 'look').ended).stdout).toBe('[false,80]');
  });

  it.skipIf(process.platform !== 'linux')(
    'is one on a terminal, of its width where that is known, unless that is a dumb one',
    async () => {
      const script = `script -qec "stty cols $4; TERM=$1 '$2' '$3' look" /dev/null`;
      for (const [term, columns, expected] of [
        ['xterm', '123', '[true,123]'],
        ['xterm', '0', '[true,80]'],
        ['dumb', '123', '[false,123]'],
      ] as const) {
        const look = await shell('sh', script, term, process.execPath, home.launcher, columns);
        expect(look.stdout).toBe(expected);
      }
    },
  );
});
