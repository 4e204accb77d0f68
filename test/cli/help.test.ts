import { describe, expect, it } from 'vitest';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { defineCommand } from '../../lib/cli/frame/command.ts';
import type { Group } from '../../lib/cli/frame/locate.ts';
import { runCli } from '../support/run-cli.ts';

const work = defineCommand({
  summary: 'Run a program for every file of a project',
  description:
    'The program is started once for each file, with the words {path}, {url} and {did} replaced.\n\nIt ends when the project does.',
  arguments: {
    project: { type: 'integer', description: 'the number of the project' },
    did: { type: 'string', optional: true, variadic: true, description: 'only these files' },
  },
  options: {
    concurrency: { type: 'integer', short: 'n', default: 4, description: 'files at once' },
    maxAttempts: { type: 'integer', or: 'unlimited', default: 'unlimited', description: 'tries of one file' },
    lease: {
      type: 'duration',
      default: 600,
      env: 'SLUICE_LEASE',
      description: 'how long a file is held for a worker that says nothing before another one may have it',
    },
    order: { type: 'choice', choices: ['first', 'last'], description: 'which files come first' },
    aVeryLongNameForAnOption: { type: 'string', multiple: true, description: 'stands on its own line' },
    force: { type: 'boolean', short: 'f', description: 'whatever comes' },
  },
  rest: { placeholder: 'CMD...', description: 'the program and its arguments' },
  examples: [{ command: 'sluice worker run 12 -- sha256sum {path}', says: 'Checksum every file' }],
  exits: ['timeout'],
  run: async () => EXIT.ok,
});

const tree: Group = {
  summary: 'A test.',
  commands: {
    worker: { summary: 'Workers', commands: { run: async () => ({ default: work }) } },
  },
};

const HELP = `Run a program for every file of a project

Usage: sluice worker run [OPTIONS] PROJECT [DID...] -- CMD...

The program is started once for each file, with the words {path}, {url} and
{did} replaced.

It ends when the project does.

Arguments:
  PROJECT    the number of the project
  [DID...]   only these files
  -- CMD...  the program and its arguments

Options:
  -n, --concurrency N     files at once (default 4)
      --max-attempts N|unlimited
                          tries of one file (default unlimited)
      --lease TIME        how long a file is held for a worker that says nothing
                          before another one may have it (from SLUICE_LEASE;
                          default 10m)
      --order first|last  which files come first
      --a-very-long-name-for-an-option TEXT
                          stands on its own line (may be repeated)
  -f, --force             whatever comes

Common options:
  -j, --json        print JSON, for programs; errors too
      --server URL  the server to speak to: a URL, or lambda://FUNCTION on AWS
                    (from SLUICE_URL; default http://127.0.0.1:8470)
      --token TEXT  proves who you are; the environment hides it from others on
                    the machine (from SLUICE_TOKEN)
  -h, --help        show this help

Examples:
  Checksum every file:
    sluice worker run 12 -- sha256sum {path}

Exit codes:
  3  \`worker next\`: nothing to do now; \`timeout\` is on standard output.
`;

describe('the help of a command', () => {
  it('says all that its definition does', async () => {
    expect(await runCli(['worker', 'run', '--help'], { tree })).toEqual({
      code: 0,
      stdout: HELP,
      stderr: '',
    });
  });

  it.each([['worker -h run'], ['worker run x --bogus -fh'], ['worker run --concurrency x --help']])(
    'is there on any line that asks for it: %s',
    async line => {
      expect(await runCli(line.split(' '), { tree })).toEqual({ code: 0, stdout: HELP, stderr: '' });
    },
  );

  it('is not meant by what stands after --', async () => {
    const { code, stdout } = await runCli(['worker', 'run', '7', '--', 'ls', '--help'], { tree });
    expect([code, stdout]).toEqual([0, '']);
  });

  it('fits a narrow terminal, and is no wider than 80 columns on a wide one', async () => {
    const { stdout: narrow } = await runCli(['worker', 'run', '--help'], { tree, columns: 60 });
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect((await runCli(['worker', 'run', '--help'], { tree, columns: 200 })).stdout).toBe(HELP);
  });
});

describe('the help of a group', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await runCli(['worker', '--help'], { tree });
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: sluice worker COMMAND [OPTIONS] [ARGUMENTS]\n');
    expect(stdout).toContain('Commands:\n  run  Run a program for every file of a project\n');
  });
});

describe('the help of sluice', () => {
  it('is what sluice alone, --help and help show: commands, common options, exit codes', async () => {
    const { code, stdout } = await runCli([]);
    expect(code).toBe(0);
    expect(stdout).toContain('\n  completion  Print a script');
    expect(stdout).toContain('      --version     show the version\n');
    for (const code of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^ {2}${code} +[A-Z\`]`, 'm'));
    expect((await runCli(['--help'])).stdout).toBe(stdout);
    expect((await runCli(['help'])).stdout).toBe(stdout);
  });

  it('can be asked for a command by name', async () => {
    const { stdout } = await runCli(['help', 'completion']);
    expect(stdout).toBe((await runCli(['completion', '--help'])).stdout);
  });

  it('does not know a command that is not there', async () => {
    const { code, stdout, stderr } = await runCli(['help', 'completoin']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^sluice help: unknown command "completoin"; did you mean completion\?\n/);
  });
});

describe('the version', () => {
  it('is that of the package', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect((await runCli(['version'])).stdout).toBe(`${manifest.version}\n`);
    expect(JSON.parse((await runCli(['--version', '-j'])).stdout)).toEqual({ version: manifest.version });
  });
});
