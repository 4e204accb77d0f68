import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../lib/cli/exit-codes.ts';
import { defineCommand } from '../../lib/cli/frame/command.ts';
import type { Context } from '../../lib/cli/frame/context.ts';
import { CliError, Stopped, UsageError } from '../../lib/cli/frame/errors.ts';
import type { Group } from '../../lib/cli/frame/locate.ts';
import { type CliOptions, runCli } from '../support/run-cli.ts';

/** A tree whose one command, `do it`, has a body of the test's own. */
function doing(body: (context: Context) => unknown): Group {
  const command = defineCommand({
    summary: 'Do it',
    options: { title: { type: 'string', description: 'a title' } },
    async run(context) {
      await body(context);
      return EXIT.ok;
    },
  });
  const group = { summary: 'Doings', commands: { it: async () => ({ default: command }) } };
  return { summary: 'test', commands: { do: group } };
}

function run(body: (context: Context) => unknown, args: string[] = [], options: CliOptions = {}) {
  return runCli(['do', 'it', ...args], { ...options, tree: doing(body) });
}

function throwing(error: unknown, args: string[] = [], options: CliOptions = {}) {
  return run(
    () => {
      throw error;
    },
    args,
    options,
  );
}

describe('a command', () => {
  it('ends with the code it returns, and its output is as it wrote it', async () => {
    const command = defineCommand({
      summary: 'Say no',
      async run({ stdout, stderr }) {
        stdout.write('out');
        stderr.write('err');
        return EXIT.no;
      },
    });
    const tree = { summary: 'test', commands: { no: async () => ({ default: command }) } };
    expect(await runCli(['no'], { tree })).toEqual({ code: 1, stdout: 'out', stderr: 'err' });
  });

  it('knows the server and the token from the line, else from the environment, else the default', async () => {
    let known: unknown;
    const look = ({ json, server, token }: Context) => {
      known = { json, server, token };
    };
    await run(look);
    expect(known).toEqual({ json: false, server: 'http://127.0.0.1:8470', token: undefined });
    const env = { SLUICE_URL: 'https://env.example/', SLUICE_TOKEN: 'secret' };
    await run(look, [], { env });
    expect(known).toEqual({ json: false, server: 'https://env.example', token: 'secret' });
    await run(look, ['-j', '--server', 'http://line:1/x/', '--token', 't'], { env });
    expect(known).toEqual({ json: true, server: 'http://line:1/x', token: 't' });
  });

  it('takes the common options anywhere on the line', async () => {
    let known: unknown;
    const tree = doing(({ json, server }) => {
      known = { json, server };
    });
    await runCli(['--server', 'http://do', 'do', '--json', 'it'], { tree });
    expect(known).toEqual({ json: true, server: 'http://do' });
  });

  it.each(['8470', 'ftp://x', 'localhost:8470', 'http://'])('refuses %s as a server', async server => {
    const { code, stderr } = await run(() => {}, [`--server=${server}`]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain(`lambda://FUNCTION or the ARN of a function, not "${server}"`);
  });

  it('reads what is piped into it', async () => {
    let read: unknown;
    await run(
      async ({ stdin }) => {
        read = await text(stdin());
      },
      [],
      { stdin: 'a\nb\n' },
    );
    expect(read).toBe('a\nb\n');
  });
});

describe('an error', () => {
  it('is one sentence on stderr, and the exit code that it carries', async () => {
    expect(
      await throwing(new CliError(EXIT.notFound, 'no-such-file', 'there is\n no file\u001b[2J')),
    ).toEqual({
      code: 11,
      stdout: '',
      stderr: 'sluice do it: there is no file?[2J\n',
    });
  });

  it('is one line of JSON where the command was asked for JSON', async () => {
    const { code, stderr } = await throwing(new CliError(EXIT.refused, 'project-ended', 'it is over'), [
      '-j',
    ]);
    expect([code, JSON.parse(stderr)]).toEqual([
      10,
      { error: { code: 'project-ended', message: 'it is over' } },
    ]);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('about usage, also where the command finds it, comes with the usage', async () => {
    const { code, stderr } = await throwing(new UsageError('give one or the other'));
    expect(code).toBe(EXIT.usage);
    expect(stderr).toBe(
      'sluice do it: give one or the other\nUsage: sluice do it [OPTIONS]\n`sluice help do it` says more.\n',
    );
  });

  it('about usage is JSON alone where JSON was asked for', async () => {
    const { code, stderr } = await run(() => {}, ['--json', '--titel', 'x']);
    const message = 'unknown option --titel; did you mean --title?';
    expect([code, JSON.parse(stderr)]).toEqual([2, { error: { code: 'usage', message } }]);
  });

  it.each([
    [400, EXIT.refused],
    [401, EXIT.notAllowed],
    [403, EXIT.notAllowed],
    [404, EXIT.notFound],
    [409, EXIT.refused],
    [429, EXIT.refused],
    [500, EXIT.unavailable],
    [503, EXIT.unavailable],
  ])('of the server with status %i ends with %i', async (status, exitCode) => {
    const error = Object.assign(new Error('the server says no'), { status, code: 'lease-expired' });
    const { code, stderr } = await throwing(error, ['--json']);
    expect(code).toBe(exitCode);
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'lease-expired', message: 'the server says no' } });
  });

  it('says why a server cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise(resolve => server.close(resolve));
    const { code, stderr } = await run(() => fetch(`http://127.0.0.1:${port}/`));
    expect(code).toBe(EXIT.unavailable);
    expect(stderr).toBe(
      `sluice do it: the server cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    );
  });

  it('says it also of a host with several addresses', async () => {
    const causes = [
      new Error('connect ECONNREFUSED ::1:8470'),
      new Error('connect ECONNREFUSED 127.0.0.1:8470'),
    ];
    const error = new TypeError('fetch failed', { cause: new AggregateError(causes) });
    const { code, stderr } = await throwing(error, ['--json']);
    const message = 'the server cannot be reached: connect ECONNREFUSED ::1:8470';
    expect([code, JSON.parse(stderr)]).toEqual([13, { error: { code: 'unreachable', message } }]);
  });

  it('of the program itself is told without its stack, unless SLUICE_DEBUG asks for it', async () => {
    const fault = new Error('x is undefined', { cause: new Error('the root of it') });
    const quiet = await throwing(fault);
    expect(quiet.code).toBe(EXIT.internal);
    expect(quiet.stderr).toBe('sluice do it: internal fault: x is undefined (SLUICE_DEBUG=1 shows where)\n');
    const loud = await throwing(fault, [], { env: { SLUICE_DEBUG: '1' } });
    expect(loud.stderr).toMatch(/run\.test\.ts/);
    expect(loud.stderr).toContain('the root of it');
  });

  it('may be something else than an Error', async () => {
    expect((await throwing('words')).stderr).toContain('internal fault: words');
  });

  it('in loading the command is an internal fault too', async () => {
    const tree = { summary: 'test', commands: { gone: () => Promise.reject(new Error('Cannot find x')) } };
    const { code, stderr } = await runCli(['gone'], { tree });
    expect([code, stderr]).toEqual([70, expect.stringContaining('Cannot find x')]);
  });
});

describe('a command that is told to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['output closed', 0],
  ] as const)('by %s and throws for that reason ends quietly with %i', async (why, exitCode) => {
    const signal = AbortSignal.abort(new Stopped(why));
    const quiet = { code: exitCode, stdout: '', stderr: '' };
    expect(await run(context => context.signal.throwIfAborted(), [], { signal })).toEqual(quiet);
    expect(await run(context => setTimeout(1e6, null, context), [], { signal })).toEqual(quiet);
  });

  it('and then returns ends with its own code', async () => {
    const signal = AbortSignal.abort(new Stopped('SIGTERM'));
    expect((await run(() => {}, [], { signal })).code).toBe(EXIT.ok);
  });

  it('and then fails for another reason says so', async () => {
    const signal = AbortSignal.abort(new Stopped('SIGTERM'));
    const { code, stderr } = await throwing(new CliError(EXIT.refused, 'x', 'a report was refused'), [], {
      signal,
    });
    expect([code, stderr]).toEqual([10, 'sluice do it: a report was refused\n']);
  });
});

describe('a line that leads to no command', () => {
  const tree = doing(() => {});

  it.each([
    [['doo', 'it'], 'sluice: unknown command "doo"; did you mean do?'],
    [['do', 'ti'], 'sluice do: unknown command "do ti"; did you mean it?'],
    [['do', 'constructor'], 'sluice do: unknown command "do constructor"'],
    [['do'], 'sluice do: give one of its commands'],
    [['--title', 'x', 'do', 'it'], 'sluice: the option --title must stand after the name of its command'],
  ])('%j is refused, with the commands there are', async (args, sentence) => {
    const { code, stdout, stderr } = await runCli(args, { tree });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')[0]).toBe(sentence);
    expect(stderr).toMatch(/Usage: sluice.* COMMAND\n\nCommands:\n {2}(do +Doings|it +Do it)\n/);
  });
});
