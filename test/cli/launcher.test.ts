import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliHome, OLD_NODE } from '../support/cli-home.ts';

describe('the launcher', () => {
  let home: CliHome;
  afterEach(() => home.remove());
  beforeEach(async () => {
    home = await CliHome.make(`
      export async function main(): Promise<void> {
        process.emitWarning('SQLite is an experimental feature', 'ExperimentalWarning');
        process.emitWarning('Type Stripping is an experimental feature', 'ExperimentalWarning');
        process.emitWarning('glob is an experimental feature', 'ExperimentalWarning');
        process.emitWarning('Something else is experimental', 'ExperimentalWarning');
        process.emitWarning(new Error('something broke'));
        console.log(JSON.stringify(process.argv.slice(2)));
      }`);
  });

  it('passes the words of the command line on as they are, also to the Node beside it', async () => {
    await home.bundle(`exec '${process.execPath}' "$@"`);
    const words = ['a b', '', '--', '-x', '"$HOME"', '日本'];
    for (const nodeOptions of [[], [OLD_NODE]]) {
      const { stdout, code } = await home.start(nodeOptions, ...words).ended;
      expect([JSON.parse(stdout), code]).toEqual([words, 0]);
    }
  });

  it('keeps silent about what is experimental and known to us, and about nothing else', async () => {
    const { stderr } = await home.start([]).ended;
    expect(stderr).toContain('Something else is experimental');
    expect(stderr).toContain('something broke');
    expect(stderr).not.toMatch(/SQLite|Type Stripping|glob/);
  });

  it('says what is missing where this Node is too old and no other is beside it', async () => {
    const sentence = `sluice: needs Node 22.18 or newer; this is ${process.version} (\`npm ci\` installs one beside it)\n`;
    expect(await home.start([OLD_NODE]).ended).toEqual({
      code: 70,
      signal: null,
      stdout: '',
      stderr: sentence,
    });
  });

  it('does not start itself for ever where the Node beside it is too old as well', async () => {
    await home.bundleThisNode();
    const { code, stderr } = await home.start([OLD_NODE]).ended;
    expect([code, stderr]).toEqual([70, expect.stringContaining('needs Node 22.18')]);
  });

  it('dies of the signal that the Node beside it died of', async () => {
    await home.bundle('kill -KILL $$');
    expect(await home.start([OLD_NODE]).ended).toEqual({
      code: null,
      signal: 'SIGKILL',
      stdout: '',
      stderr: '',
    });
  });

  it('says why the Node beside it does not start', async () => {
    await home.bundle('', 0o644);
    const { code, stderr } = await home.start([OLD_NODE]).ended;
    expect([code, stderr]).toEqual([70, expect.stringMatching(/^sluice: cannot start .*EACCES\n$/)]);
  });
});

describe('bin/sluice.js', () => {
  it('runs sluice', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['bin/sluice.js', '--version']);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), '']);
  });
});
