import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FatalError, type ProgramOptions, programHandler } from '../../../lib/worker/index.ts';
import { temporaryFolder } from '../support.ts';
import { serve, task } from './support.ts';

const noUpload = { output: () => Promise.reject(new Error('nothing should be uploaded')) };

/** A handler that runs `command`, with a file of the text `content` to run it on. */
function setup(command: readonly string[], more: Partial<ProgramOptions> = {}) {
  const folder = temporaryFolder();
  const scratch = temporaryFolder();
  writeFileSync(join(folder, 'data.txt'), 'content');
  const url = pathToFileURL(join(folder, 'data.txt')).href;
  const stdout: string[] = [];
  const stderr: string[] = [];
  const handler = programHandler({
    ...{ command, client: noUpload, project: 7, scratch },
    onStdout: line => stdout.push(line),
    onStderr: line => stderr.push(line),
    ...more,
  });
  const abort = new AbortController();
  const run = (file = task('ns:dir/data.txt', [url], { size: 7 })) => handler(file, { signal: abort.signal });
  return { run, abort, url, folder, scratch, stdout, stderr };
}

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];

describe('placeholders', () => {
  test('{path} is a copy of the file under its own name, gone when the program has ended', async () => {
    const { run, stdout, scratch } = setup(sh('echo "$1"; cat "$1"', '{path}'));
    expect(await run()).toEqual({ done: true });
    expect(stdout[0]).toMatch(/\/data\.txt$/);
    expect(stdout[0]?.startsWith(`${scratch}/`)).toBe(true);
    expect(stdout[1]).toBe('content');
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('{url} is the nearest URL and {did} the name, without a download or a folder', async () => {
    const { run, stdout } = setup(sh('echo "$@"', '{url}', '{did}'), { scratch: '/there/is/no/such/folder' });
    await run(task('ns:f $& x', ['root://near//f', 'root://far//f']));
    expect(stdout).toEqual(['root://near//f ns:f $& x']);
  });

  test('may stand inside an argument and more than once; other braces stay', async () => {
    const { run, stdout } = setup(sh('printf "%s\\n" "$@"', '--of={did},{did}', '{other}', '{}', '{DID}'));
    await run(task('f1', []));
    expect(stdout).toEqual(['--of=f1,f1', '{other}', '{}', '{DID}']);
  });

  test('nothing is added to a command without any', async () => {
    const { run, stdout } = setup(sh('echo "$#"'));
    await run();
    expect(stdout).toEqual(['0']);
  });

  test('{url} and {path} of a file without a copy fail it for good', async () => {
    const withUrl = setup(sh('exit 0', '{url}'));
    expect(await withUrl.run(task('f', []))).toEqual({
      failed: 'the file has no copy, and so no {url}',
      retry: false,
    });
    const withPath = setup(sh('exit 0', '{path}'));
    expect(await withPath.run(task('f', []))).toEqual({
      failed: 'the file has no copy to download',
      retry: false,
    });
    expect(readdirSync(withPath.scratch)).toEqual([]);
  });

  test('a command without a program is refused', () => {
    expect(() => setup([])).toThrow(RangeError);
  });
});

test('the program finds the file in its environment, beside what it is given', async () => {
  const script = 'echo "$SLUICE_DID|$SLUICE_ATTEMPT|$SLUICE_FILE_URL|$SLUICE_FILE_SIZE|$OWN"';
  const { run, stdout, url } = setup(sh(script), { env: { ...process.env, OWN: 'mine' } });
  await run(task('ns:f', [url], { attempt: 3, size: 7 }));
  await run(task('ns:g', []));
  expect(stdout).toEqual([`ns:f|3|${url}|7|mine`, 'ns:g|1|||mine']);
});

describe('how a program ends', () => {
  test.each([
    ['exit 0', { done: true }],
    ['exit 3', { failed: 'exit 3', retry: true }],
    ['echo "no such run" >&2; echo "  " >&2; exit 3', { failed: 'exit 3: no such run', retry: true }],
    ['echo first >&2; printf last >&2; exit 1', { failed: 'exit 1: last', retry: true }],
    ['echo "bad magic" >&2; exit 65', { failed: 'exit 65: bad magic', retry: false }],
    ['exit 66', { failed: 'exit 66', retry: false }],
    ['echo dying >&2; kill -9 $$', { failed: 'signal SIGKILL: dying', retry: true }],
  ])('%s', async (script, outcome) => {
    expect(await setup(sh(script), { failCodes: [66] }).run()).toEqual(outcome);
  });

  test('the reason has no more than the beginning of a long last line', async () => {
    const { run } = setup(sh('printf "%01000d" 0 >&2; exit 1'));
    expect(await run()).toEqual({ failed: `exit 1: ${'0'.repeat(300)}`, retry: true });
  });

  test('a program that is not there, or may not be run, is an error of the worker and not of each file', async () => {
    const missing = setup(['there-is-no-such-program', '{path}']);
    await expect(missing.run()).rejects.toThrow(FatalError);
    await expect(missing.run()).rejects.toThrow('there-is-no-such-program cannot be run');
    expect(readdirSync(missing.scratch)).toEqual([]);
    const plain = join(temporaryFolder(), 'plain.txt');
    writeFileSync(plain, 'not a program');
    await expect(setup([plain]).run()).rejects.toThrow(FatalError);
  });

  test('a scratch folder that is not there is an error of the worker, too', async () => {
    const { run } = setup(sh('exit 0', '{path}'), { scratch: '/there/is/no/such/folder' });
    await expect(run()).rejects.toThrow(FatalError);
  });

  test('its folder is removed whatever the end is', async () => {
    const failing = setup(sh('mkdir -p "$(dirname "$1")/more/deep"; exit 1', '{path}'));
    expect(await failing.run()).toMatchObject({ retry: true });
    expect(readdirSync(failing.scratch)).toEqual([]);
    const lost = setup(sh('exit 0', '{path}'));
    const missing = pathToFileURL(join(lost.folder, 'missing')).href;
    expect(await lost.run(task('f', [missing]))).toMatchObject({ retry: true });
    expect(readdirSync(lost.scratch)).toEqual([]);
  });

  test('what it left running ends with it', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const { run } = setup(sh(`sleep 30 & echo $! > ${pidFile}; exit 0`));
    expect(await run()).toEqual({ done: true });
    expect(await isGone(await pidIn(pidFile))).toBe(true);
  });

  test('what left its group is not waited for, even when it holds the output open', async () => {
    const leave = `require('child_process').spawn('sleep', ['4'], { detached: true, stdio: 'inherit' }).unref()`;
    const { run } = setup([process.execPath, '-e', leave]);
    const began = Date.now();
    expect(await run()).toEqual({ done: true });
    expect(Date.now() - began).toBeLessThan(3500);
  });
});

describe('what a program writes', () => {
  test('is passed on line by line', async () => {
    const { run, stdout, stderr } = setup(sh('printf "a\\nb\\r\\n\\nc"; echo oops >&2'));
    await run();
    expect(stdout).toEqual(['a', 'b', '', 'c']);
    expect(stderr).toEqual(['oops']);
  });

  test('bears the name of the file when programs run side by side', async () => {
    const { run, stdout, stderr } = setup(sh('echo hello; echo oops >&2; exit 2'), { prefixed: true });
    expect(await run(task('ns:f', []))).toEqual({ failed: 'exit 2: oops', retry: true });
    expect(stdout).toEqual(['ns:f: hello']);
    expect(stderr).toEqual(['ns:f: oops']);
  });
});

describe('{out}', () => {
  const storing = async (status = 200) => {
    const stored: { path: string | undefined; body: string }[] = [];
    const base = await serve(async (request, response) => {
      stored.push({ path: request.url, body: await text(request) });
      response.writeHead(status).end();
    });
    const client = {
      output: async ({ project, token }: { project: number; token: string }) => ({
        ...{ method: 'PUT' as const, url: `${base}/${project}/${token}`, expiresAt: 0 },
      }),
    };
    return { stored, client };
  };

  test('is stored for its attempt before the file is done', async () => {
    const { stored, client } = await storing();
    const { run, scratch } = setup(sh('tr a-z A-Z < "$1" > "$2"', '{path}', '{out}'), { client });
    expect(await run()).toEqual({ done: true });
    expect(stored).toEqual([{ path: '/7/7.ns:dir/data.txt.1', body: 'CONTENT' }]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('that the program did not make is not stored', async () => {
    expect(await setup(sh('exit 0', '{out}')).run()).toEqual({ done: true });
  });

  test('of a program that failed is not stored', async () => {
    expect(await setup(sh('echo half > "$1"; exit 1', '{out}')).run()).toEqual({
      failed: 'exit 1',
      retry: true,
    });
  });

  test('that cannot be stored makes the handler fail', async () => {
    const { client } = await storing(403);
    await expect(setup(sh('echo x > "$1"', '{out}'), { client }).run()).rejects.toThrow(
      'the store answered 403',
    );
  });
});

describe('a program whose file is not wanted any more', () => {
  test('gets SIGTERM with all its children, and its folder goes', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const script = `sleep 30 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; wait`;
    const { run, abort, scratch } = setup(sh(script, '{path}'));
    const ended = run();
    const pid = await pidIn(pidFile);
    abort.abort();
    expect(await ended).toEqual({ failed: 'signal SIGTERM', retry: true });
    expect(await isGone(pid)).toBe(true);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('is killed when it pays no heed to that', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const script = `trap '' TERM; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; while :; do sleep 1; done`;
    const { run, abort } = setup(sh(script), { killGraceSeconds: 0.1 });
    const ended = run();
    const pid = await pidIn(pidFile);
    abort.abort();
    expect(await ended).toEqual({ failed: 'signal SIGKILL', retry: true });
    expect(await isGone(pid)).toBe(true);
  });

  test('is done all the same when it ends well after SIGTERM', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    const script = `trap 'exit 0' TERM; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; while :; do sleep 0.05; done`;
    const { run, abort } = setup(sh(script));
    const ended = run();
    await pidIn(pidFile);
    abort.abort();
    expect(await ended).toEqual({ done: true });
  });

  test('is not begun', async () => {
    const { run, abort, stdout } = setup(sh('echo begun'));
    abort.abort(new Error('lost'));
    await expect(run()).rejects.toThrow('lost');
    expect(stdout).toEqual([]);
  });
});

async function pidIn(path: string): Promise<number> {
  for (;;) {
    try {
      return Number(readFileSync(path, 'utf8'));
    } catch {
      await sleep(5);
    }
  }
}

/** Whether a process ends within two seconds. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(5);
  }
  return false;
}
