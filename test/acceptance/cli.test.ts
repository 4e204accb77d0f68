import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Processes, resultOf, SLUICE } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { addresses, clientAt, deleteAfterTest } from './home.ts';

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  /** A folder with the command line in it, as in a terminal. */
  async function terminal() {
    const cwd = await tempFolder();
    const run = async (line: string, stdin?: string) => {
      await using processes = new Processes();
      const given = stdin === undefined ? {} : { stdin };
      const child = processes.start([SLUICE, ...line.split(' ')], {
        cwd,
        env: { SLUICE_URL: server },
        ...given,
      });
      return await resultOf(child);
    };
    const create = async (line: string, stdin?: string) => {
      const { code, stdout, stderr } = await run(`project create ${line}`, stdin);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const project = Number(stdout);
      deleteAfterTest(client, project);
      return project;
    };
    return { cwd, run, create };
  }

  test('a list of names is created from a pipe, and worked through by a program', async () => {
    const { run, create, cwd } = await terminal();
    const project = await create('-', 'one\ntwo\nthree\nbad\n');
    await writeFile(
      join(cwd, 'program.sh'),
      '[ "$SLUICE_DID" != bad ] || exit 65\necho "$SLUICE_DID" > "$1"\n',
    );

    const worked = await run(`worker run ${project} --concurrency 2 -- sh program.sh {out}`);

    expect(worked.code).toBe(1);
    const shown = await run(`project show ${project} --json`);
    expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'failed', counts: { done: 3, failed: 1 } });
    expect((await run(`project files ${project} --state failed`)).stdout).toContain('bad');
    const { outputUrl } = await client.showFile({ project, did: 'two' });
    expect(await (await fetch(outputUrl ?? '')).text()).toBe('two\n');
    expect((await run(`project watch ${project}`)).code).toBe(1);
  });

  test('a shell loop tells a file, nothing to do now, the end, and errors apart by the exit code', async () => {
    const { run, create } = await terminal();
    const project = await create('a');

    expect(await run(`worker next ${project} --wait 0`)).toMatchObject({ code: 0, stdout: 'a\n' });
    expect(await run(`worker next ${project} --wait 0 --worker other`)).toMatchObject({
      code: 3,
      stdout: 'timeout\n',
    });
    expect((await run(`worker done ${project} a`)).code).toBe(0);
    // Functions may know the project's state from up to ten seconds ago.
    const ended = await run(`worker next ${project} --wait 30s`);
    expect(ended).toMatchObject({ code: 4, stdout: 'done\n' });
    expect((await run(`worker next ${project} --wait 0 --worker a=b`)).code).not.toBe(4);
    expect((await run('project show 999999999')).code).toBe(11);
    expect((await run('project create --virtual same same')).code).toBe(10);
  });
});
