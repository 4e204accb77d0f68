import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shell } from '../../support/cli-home.ts';
import { CliServer } from '../../support/cli-server.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start();
  await mkdir(join(server.folder, 'bin'));
  const launcher = `#!/bin/sh\nexec '${process.execPath}' '${process.cwd()}/bin/sluice.js' "$@"\n`;
  await writeFile(join(server.folder, 'bin/sluice'), launcher, { mode: 0o755 });
});
afterAll(() => server.stop());

/** Runs a script, with the real `sluice` as a command. */
async function script(text: string): Promise<string[]> {
  const before = `
    cd '${server.folder}'
    export PATH="$PWD/bin:$PATH" HOME="$PWD" SLUICE_URL='${server.url}'`;
  return (await shell('sh', `${before}\n${text}`)).stdout.split('\n');
}

it('a script reads words and exit codes of `worker next`, and takes no error for an end', async () => {
  const lines = await script(`
    project=$(printf 'raw:a\\n' | sluice project create - --lease 10m)
    sluice worker next $project; echo "code $?"
    sluice worker next $project --wait 0; echo "code $?"
    sluice worker done $project all
    sluice worker next $project; echo "code $?"
    sluice worker next 999 2> /dev/null; echo "code $?"
    SLUICE_URL=http://127.0.0.1:1 sluice worker next $project 2> /dev/null; echo "code $?"
    sluice project watch $project 2> /dev/null && echo "all done"`);
  expect(lines).toEqual([
    ...['raw:a', 'code 0', 'timeout', 'code 3', '1 file done', 'done', 'code 4'],
    ...['code 11', 'code 13', 'project 1 is done: 1 done', 'all done', ''],
  ]);
});

it('a reader that has enough ends a long listing quietly', async () => {
  const lines = await script(`
    project=$(seq 20000 | sluice project create -)
    sluice project files $project -j 2> said | head -2 | grep -c '"did"'
    cat said`);
  expect(lines).toEqual(['2', '']);
});
