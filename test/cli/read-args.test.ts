import { describe, expect, expectTypeOf, it } from 'vitest';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { type Command, defineCommand } from '../../lib/cli/frame/command.ts';
import { runCli } from '../support/run-cli.ts';

let seen: unknown;

const load = defineCommand({
  summary: 'Load things',
  arguments: {
    project: { type: 'integer', min: 1, description: 'the project' },
    did: { type: 'string', optional: true, variadic: true, description: 'files' },
  },
  options: {
    concurrency: { type: 'integer', short: 'n', min: 1, max: 64, default: 4, description: 'at once' },
    maxAttempts: { type: 'integer', or: 'unlimited', description: 'tries' },
    lease: { type: 'duration', or: 'none', default: 600, description: 'time' },
    idle: { type: 'duration', env: 'SLUICE_IDLE', description: 'time' },
    site: { type: 'string', env: 'SLUICE_SITE', description: 'where' },
    lane: { type: 'string', multiple: true, description: 'lanes' },
    order: { type: 'choice', choices: ['first', 'last'], default: 'first', description: 'order' },
    force: { type: 'boolean', short: 'f', description: 'force' },
  },
  async run(_, args) {
    expectTypeOf(args.project).toEqualTypeOf<number>();
    expectTypeOf(args.did).toEqualTypeOf<string[]>();
    expectTypeOf(args.concurrency).toEqualTypeOf<number>();
    expectTypeOf(args.maxAttempts).toEqualTypeOf<number | 'unlimited' | undefined>();
    expectTypeOf(args.lease).toEqualTypeOf<number | 'none'>();
    expectTypeOf(args.site).toEqualTypeOf<string | undefined>();
    expectTypeOf(args.lane).toEqualTypeOf<string[]>();
    expectTypeOf(args.order).toEqualTypeOf<'first' | 'last'>();
    expectTypeOf(args.force).toEqualTypeOf<boolean>();
    seen = args;
    return EXIT.ok;
  },
});

const work = defineCommand({
  summary: 'Run a program',
  arguments: { project: { type: 'integer', optional: true, description: 'the project' } },
  options: { force: { type: 'boolean', short: 'f', description: 'force' } },
  rest: { placeholder: 'CMD...', description: 'the program' },
  async run(_, args) {
    expectTypeOf(args.project).toEqualTypeOf<number | undefined>();
    expectTypeOf(args.rest).toEqualTypeOf<readonly string[]>();
    seen = args;
    return EXIT.ok;
  },
});

const bare = defineCommand({
  summary: 'Do it',
  async run(_, args) {
    // @ts-expect-error: a command without `rest` has none
    seen = args.rest;
    return EXIT.ok;
  },
});

async function read(command: Command, words: string[], env: Record<string, string> = {}): Promise<unknown> {
  seen = undefined;
  const tree = { summary: 'test', commands: { it: async () => ({ default: command }) } };
  const { code, stderr } = await runCli(['it', ...words], { tree, env });
  return code === EXIT.ok ? seen : `${code} ${stderr.split('\n')[0]}`;
}

const defaults = {
  project: 7,
  did: [],
  concurrency: 4,
  maxAttempts: undefined,
  lease: 600,
  idle: undefined,
  site: undefined,
  lane: [],
  order: 'first',
  force: false,
};

describe('the arguments and options of a command', () => {
  it('are the defaults where nothing is given', async () => {
    expect(await read(load, ['7'])).toEqual(defaults);
  });

  it('may stand in any order, long or short, with = or a space, in clusters', async () => {
    const line = ['-fn8', '--lease=1h30m', '7', '--order', 'last', 'a', '--max-attempts', '3', 'b'];
    expect(await read(load, line)).toEqual({
      ...defaults,
      did: ['a', 'b'],
      force: true,
      concurrency: 8,
      lease: 5400,
      order: 'last',
      maxAttempts: 3,
    });
  });

  it('give every value of an option that may be repeated, and the last of one that may not', async () => {
    const line = ['7', '--lane', 'a', '--lane=b', '--site', 'x', '--site', 'y'];
    expect(await read(load, line)).toEqual({ ...defaults, lane: ['a', 'b'], site: 'y' });
  });

  it('take the word that stands for no number', async () => {
    expect(await read(load, ['7', '--lease', 'none', '--max-attempts', 'unlimited'])).toEqual({
      ...defaults,
      lease: 'none',
      maxAttempts: 'unlimited',
    });
  });

  it('come from the environment where they are not on the line, read as strictly', async () => {
    const env = { SLUICE_SITE: 'env', SLUICE_IDLE: '2m' };
    expect(await read(load, ['7'], env)).toEqual({ ...defaults, site: 'env', idle: 120 });
    expect(await read(load, ['7', '--site', 'line'], env)).toEqual({ ...defaults, site: 'line', idle: 120 });
    expect(await read(load, ['7'], { SLUICE_SITE: '' })).toEqual(defaults);
    expect(await read(load, ['7'], { SLUICE_IDLE: 'soon' })).toMatch(/^2 .*SLUICE_IDLE takes a duration/);
  });

  it('after -- are arguments, even where they begin with a dash', async () => {
    expect(await read(load, ['7', '--', '--force', '-x'])).toEqual({ ...defaults, did: ['--force', '-x'] });
  });

  it('leave everything after -- to the program of a command that runs one', async () => {
    const line = ['-f', '7', '--', 'sh', '-c', 'echo "$1"', '--', '--help', '-j'];
    expect(await read(work, line)).toEqual({
      project: 7,
      force: true,
      rest: ['sh', '-c', 'echo "$1"', '--', '--help', '-j'],
    });
    expect(await read(work, ['--', '12'])).toEqual({
      project: undefined,
      force: false,
      rest: ['12'],
    });
  });

  it.each([
    [load, [], 'PROJECT is missing'],
    [load, ['x'], 'PROJECT takes a whole number from 1, not "x"'],
    [load, ['0'], 'PROJECT takes a whole number from 1, not "0"'],
    [load, ['1e3'], 'PROJECT takes a whole number from 1, not "1e3"'],
    [load, ['9007199254740993'], 'PROJECT takes a whole number from 1, not "9007199254740993"'],
    [load, ['7', '-n', '65'], '-n takes a whole number from 1 to 64, not "65"'],
    [load, ['7', '--max-attempts', 'x'], '--max-attempts takes a whole number from 0, or unlimited, not "x"'],
    [load, ['7', '--lease', '10x'], '--lease takes a duration such as 30s, 10m or 1h30m, or none, not "10x"'],
    [load, ['7', '--idle', 'none'], '--idle takes a duration such as 30s, 10m or 1h30m, not "none"'],
    [load, ['7', '--order', 'up'], '--order takes first or last, not "up"'],
    [load, ['7', '--concurency', '3'], 'unknown option --concurency; did you mean --concurrency?'],
    [load, ['7', '--xyz'], 'unknown option --xyz'],
    [load, ['7', '--__proto__'], 'unknown option --__proto__'],
    [load, ['7', '-x'], 'unknown option -x'],
    [load, ['7', '--force=yes'], '--force takes no value'],
    [load, ['7', '--site'], '--site needs a value'],
    [load, ['7', '--site', '--force'], '--site needs a value'],
    [load, ['7', '--site', '--', 'x'], '--site needs a value'],
    [work, ['7', '8', '--', 'x'], '"8" is one argument too many'],
    [work, ['7'], 'CMD... is missing: it stands after --'],
    [work, ['7', '--'], 'CMD... is missing: it stands after --'],
    [bare, ['x'], '"x" is one argument too many'],
  ])('are refused in a sentence that says what is wrong (%#)', async (command, words, sentence) => {
    expect(await read(command, words)).toBe(`2 sluice it: ${sentence}`);
  });

  it('may have a value that begins with a dash where = says that it is one, and - alone', async () => {
    expect(await read(load, ['7', '--site=-x'])).toEqual({ ...defaults, site: '-x' });
    expect(await read(load, ['7', '--site', '-', '-'])).toEqual({ ...defaults, site: '-', did: ['-'] });
  });
});
