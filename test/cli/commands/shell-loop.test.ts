import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shell } from '../../support/cli-home.ts';
import { CliServer } from '../../support/cli-server.ts';

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ sharing: ['files'] });
  await mkdir(join(server.folder, 'bin'));
  // As `npm install` links it.
  const launcher = `#!/bin/sh\nexec '${process.execPath}' '${process.cwd()}/bin/sluice.js' "$@"\n`;
  await writeFile(join(server.folder, 'bin/sluice'), launcher, { mode: 0o755 });
  await symlink(process.execPath, join(server.folder, 'bin/node'));
});
afterAll(() => server.stop());

/** Runs a script of bash in a folder of its own, with the real `sluice` on its path. */
async function bash(folder: string, script: string): Promise<string> {
  const place = join(server.folder, folder);
  await mkdir(place, { recursive: true });
  const before = [
    `cd '${place}'`,
    `export PATH='${server.folder}/bin':"$PATH" SLUICE_URL='${server.url}' HOME='${server.folder}'`,
  ].join('\n');
  return (await shell('bash', `${before}\n${script}`)).stdout;
}

const WORKER = `
  field() { node -p 'JSON.parse(process.argv[1])[process.argv[2]]' "$1" "$2"; }
  sluice worker id "$(basename "$PWD")" > /dev/null
  while true; do
    info=$(sluice worker next -j --wait 10s "$project")
    case "$info" in
      done) break ;;
      timeout) continue ;;
      "{"*) ;;
      *) exit 1 ;;
    esac
    did=$(field "$info" did)
    if curl -fsS "$(field "$info" url)" -o "$did"; then
      case "$did" in
        bad*) sluice worker failed -f "$project" "$did" --reason 'bad name' ;;
        *) sluice worker done "$project" "$did" ;;
      esac
    else
      sluice worker failed "$project" "$did"
    fi
  done
  echo over`;

it('a loop of bash works on a project, two at a time, with codes and words for every case', async () => {
  const names = ['a.txt', 'b.txt', 'bad.txt', 'c.txt'];
  for (const name of names) await writeFile(join(server.folder, 'files', name), `content of ${name}`);
  const project = (await bash('.', 'sluice project create --dir files --backoff 0s')).trim();
  const loops = await Promise.all(
    ['one', 'two'].map(folder => bash(folder, `project=${project}\n${WORKER}`)),
  );
  for (const output of loops) expect(output).toMatch(/(^|\n)over\n$/);
  const { state, counts } = await server.client.showProject({ project: Number(project) });
  expect([state, counts]).toEqual(['failed', { ready: 0, reserved: 0, done: 3, failed: 1 }]);
  const fetched = (
    await Promise.all(
      ['one', 'two'].map(async folder => {
        const inside = await readdir(join(server.folder, folder));
        const files = inside.filter(name => name.endsWith('.txt'));
        return Promise.all(
          files.map(async name => [name, await readFile(join(server.folder, folder, name), 'utf8')]),
        );
      }),
    )
  ).flat();
  expect(fetched.toSorted()).toEqual(names.map(name => [name, `content of ${name}`]));
  const { files } = await server.client.listFiles({ project: Number(project), state: 'failed' });
  expect(files).toMatchObject([{ did: 'bad.txt', attempts: 1, failure: { reason: 'bad name' } }]);
});

it('a script reads the exit code of `worker next`', async () => {
  const output = await bash(
    'codes',
    `project=$(sluice project create a --lease 10m)
    sluice worker next $project; echo "code $?"
    sluice worker next $project --wait 0; echo "code $?"
    sluice worker done $project all
    sluice worker next $project; echo "code $?"
    sluice worker next 999 2> /dev/null; echo "code $?"
    SLUICE_URL=http://127.0.0.1:1 sluice worker next $project 2> /dev/null; echo "code $?"`,
  );
  expect(output.split('\n')).toEqual([
    ...['a', 'code 0', 'timeout', 'code 3', '1 file done', 'done', 'code 4'],
    ...['code 11', 'code 13', ''],
  ]);
});
