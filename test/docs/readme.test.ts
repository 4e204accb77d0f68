import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { systemClock } from '../../lib/embedded/system-clock.ts';
import { startTestServer } from '../functions/support.ts';
import { Processes, resultOf } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { sluiceOnPath } from './guide.ts';

const README = new URL('../../README.md', import.meta.url);

/** The commands of the README's section "Tasks" that hold `word`. */
async function commands(word: string): Promise<string> {
  const [, section = ''] = /^## Tasks\n(.*?)^## /ms.exec(await readFile(README, 'utf8')) ?? [];
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  const found = blocks.find(block => block.includes(word));
  if (!found) throw new Error(`the section says nothing of ${word}`);
  return found;
}

test('the section "Tasks" of the README, followed', async () => {
  await using processes = new Processes();
  const folder = await tempFolder();
  const [, declared = ''] = /<<'END'\n(.*?)^END\n/ms.exec(await commands('sluice serve')) ?? [];
  const { client, url } = await startTestServer({
    clock: systemClock,
    configuration: Configuration.parse(JSON.parse(declared)),
  });
  const PATH = await sluiceOnPath(folder);
  const shell = (script: string) =>
    processes.run('bash', ['-c', script], { cwd: folder, env: { SLUICE_URL: url, PATH } });
  const worker = shell(`${(await commands('worker run')).replace('sluice worker', 'exec sluice worker')}`);

  const submitted = await resultOf(shell(await commands('task submit')));
  expect(submitted).toMatchObject({ code: 0, stdout: expect.stringContaining('on we go') });
  expect((await client.showTask({ task: 'juicer-1' })).status).toBe('promoted tomcat');
  expect(await resultOf(shell('sluice task submit promote --wait && echo on we go'))).toMatchObject({
    code: 1,
    stdout: expect.not.stringContaining('on we go'),
  });
  const { state, attempt, error } = await client.showTask({ task: 'juicer-2' });
  expect([state, attempt, error?.message]).toEqual(['failed', 1, expect.stringContaining('which cart?')]);
  await processes.kill(worker);
});
