import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { type Command, defineCommand } from '../../lib/cli/frame/command.ts';
import { bashCompletion } from '../../lib/cli/frame/completion/bash.ts';
import { fishCompletion } from '../../lib/cli/frame/completion/fish.ts';
import { completionPoints } from '../../lib/cli/frame/completion/points.ts';
import { zshCompletion } from '../../lib/cli/frame/completion/zsh.ts';
import type { Group } from '../../lib/cli/frame/locate.ts';
import { shell } from '../support/cli-home.ts';
import { runCli } from '../support/run-cli.ts';

const run = async () => EXIT.ok;
const create = defineCommand({
  summary: "Create a project: it's `new` and costs $5",
  arguments: { did: { type: 'string', variadic: true, description: 'files' } },
  options: {
    onExpiry: { type: 'choice', short: 'e', choices: ['fail', 'retry'], description: 'what then: $(false)' },
    lease: { type: 'duration', or: 'none', description: "a worker's time" },
    title: { type: 'string', short: 't', description: 'a "title" \\ more' },
    virtual: { type: 'boolean', description: 'no replicas' },
  },
  run,
});
const list = defineCommand({
  summary: 'List',
  arguments: { state: { type: 'choice', choices: ['active', 'done'], description: 'the state' } },
  run,
});
const work = defineCommand({
  summary: 'Work',
  arguments: { project: { type: 'integer', description: 'the project' } },
  rest: { placeholder: 'CMD...', description: 'the program' },
  run,
});
const load = (command: Command) => async () => ({ default: command });
const tree: Group = {
  summary: 'test',
  commands: {
    project: { summary: 'Projects', commands: { create: load(create), list: load(list) } },
    worker: { summary: 'Workers', commands: { run: load(work) } },
    help: load(list),
  },
};

const COMMON = ['--json', '--server', '--token', '--help'];

/** What every shell offers where `^` stands for the word that is being typed. */
const CASES: [line: string, offered: string[]][] = [
  ['^', ['project', 'worker', 'help']],
  ['pr^', ['project']],
  ['project ^', ['create', 'list']],
  ['project c^', ['create']],
  ['project create --^', ['--on-expiry', '--lease', '--title', '--virtual', ...COMMON]],
  ['project create a --v^', ['--virtual']],
  ['project --^', COMMON],
  ['--^', [...COMMON, '--version']],
  ['project create --on-expiry ^', ['fail', 'retry']],
  ['project create --on-expiry r^', ['retry']],
  ['project create -e ^', ['fail', 'retry']],
  ['project create --lease ^', ['none']],
  ['project list ^', ['active', 'done']],
  ['--json project --server worker l^', ['list']],
  ['help project ^', ['create', 'list']],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-completion-'));
  const points = await completionPoints(tree);
  await writeFile(join(folder, 'bash'), bashCompletion(points));
  await writeFile(join(folder, 'zsh'), zshCompletion(points));
  await writeFile(join(folder, 'fish'), fishCompletion(points));
  await writeFile(join(folder, 'a-file.csv'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const installed = (name: string) => spawnSync(name, ['-c', 'exit 0']).status === 0;
const lines = (text: string) => text.split('\n').filter(Boolean);

/** Calls the function as bash does: the words of the line, and which of them is being typed. */
async function inBash(...words: string[]): Promise<string[]> {
  const script = `source "$1"; shift; COMP_WORDS=(sluice "$@"); COMP_CWORD=$#; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines((await shell('bash', script, join(folder, 'bash'), ...words)).stdout);
}

describe('completion in bash', () => {
  it.each(CASES)('offers for "%s" %j', async (line, offered) => {
    expect(await inBash(...line.replace('^', '').split(' '))).toEqual(offered);
  });

  it('offers the values after =, of which bash makes a word', async () => {
    expect(await inBash('project', 'create', '--on-expiry', '=')).toEqual(['fail', 'retry']);
    expect(await inBash('project', 'create', '--on-expiry', '=', 'f')).toEqual(['fail']);
  });

  it('leaves file names to bash: as arguments, as values, and after --', async () => {
    expect(await inBash('project', 'create', 'a')).toEqual([]);
    expect(await inBash('project', 'create', '--title', '')).toEqual([]);
    expect(await inBash('worker', 'run', '1', '--', '--h')).toEqual([]);
    const { stdout } = await shell('bash', 'source "$1"; complete -p sluice', join(folder, 'bash'));
    expect(stdout).toBe('complete -o default -F _sluice sluice\n');
  });
});

describe.skipIf(!installed('fish'))('completion in fish', () => {
  async function inFish(line: string): Promise<string[]> {
    const script = 'cd "$argv[2]"; source "$argv[3]"; complete -C "sluice $argv[4]"';
    const { stdout } = await shell('fish', script, folder, join(folder, 'fish'), line);
    return lines(stdout).map(offer => offer.replace(/\t.*/, ''));
  }

  it.each(CASES)('offers for "%s" %j', async (line, offered) => {
    expect((await inFish(line.replace('^', ''))).toSorted()).toEqual(offered.toSorted());
  });

  it('offers files as arguments, as values, and after --', async () => {
    for (const line of ['project create a', 'project create --title a', 'worker run 1 -- a']) {
      expect(await inFish(line)).toEqual(['a-file.csv']);
    }
    expect(await inFish('project a-f')).toEqual([]);
  });

  it('says what each word is for', async () => {
    const script = 'source "$argv[2]"; complete -C "sluice project create --t"';
    const { stdout } = await shell('fish', script, join(folder, 'fish'));
    expect(stdout).toContain('--title\ta "title" \\ more\n');
  });
});

describe.skipIf(!installed('zsh'))('completion in zsh', () => {
  /** The functions of zsh's completion that the script calls, which work only while a line is edited. */
  const STUBS = `
    compdef() { : }
    _describe() { print -rl -- "\${(@P)2}" }
    _files() { print FILES }
    compadd() { shift; print -rl -- "$@" }
    compset() { : }`;

  async function inZsh(...words: string[]): Promise<string[]> {
    const script = `${STUBS}; source "$1"; shift; words=(sluice "$@"); CURRENT=$#words; _sluice`;
    const { stdout } = await shell('zsh', script, join(folder, 'zsh'), ...words);
    const typed = words.at(-1)?.replace(/^--.*=/, '') ?? '';
    // zsh itself leaves out what does not begin as the typed word does.
    return lines(stdout).filter(offer => offer.startsWith(typed));
  }

  it.each(CASES)('offers for "%s" %j', async (line, offered) => {
    const offers = await inZsh(...line.replace('^', '').split(' '));
    expect(offers.map(offer => offer.replace(/:.*/, ''))).toEqual(offered);
  });

  it('offers the values after =', async () => {
    expect(await inZsh('project', 'create', '--on-expiry=f')).toEqual(['fail']);
  });

  it('offers files as arguments, as values, and after --', async () => {
    for (const line of ['project create ', 'project create --title ', 'worker run 1 -- ']) {
      expect(await inZsh(...line.split(' '))).toEqual(['FILES']);
    }
  });

  it('says what each word is for, and runs nothing of it', async () => {
    expect(await inZsh('project', 'c')).toEqual(["create:Create a project: it's `new` and costs $5"]);
    expect(await inZsh('project', 'create', '--on')).toEqual(['--on-expiry:what then: $(false)']);
  });
});

describe('sluice completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints the script for %s, from the real commands', async name => {
    const { code, stdout, stderr } = await runCli(['completion', name]);
    expect([code, stderr]).toEqual([EXIT.ok, '']);
    expect(stdout).toContain(`# ${name} completion for sluice`);
    if (installed(name))
      await shell(name, name === 'fish' ? 'echo $argv[2] | fish -n' : 'eval "set -n; $1"', stdout);
  });
});
