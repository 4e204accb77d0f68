import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { CliServer } from '../../support/cli-server.ts';

const URLS = ['https://one/a', 'https://two/a'] as const;

let server: CliServer;
let id: number;
beforeAll(async () => {
  server = await CliServer.start();
  const replicas = [{ url: URLS[0], site: 'CERN' }, { url: URLS[1] }];
  const files = [{ name: 'raw:a', size: 1_234_567, replicas, lane: 'tape', durationSeconds: 90 }];
  id = (await server.client.createProject({ files, fileAttributes: { run: 7 } })).project.id;
});
afterAll(() => server.stop());

describe('file show', () => {
  it('tells all that is known of a file', async () => {
    const { stdout } = await server.cli(`file show ${id} raw:a`);
    expect(stdout).toBe(
      [
        'file        raw:a',
        'state       ready',
        'attempts    0',
        'size        1.2 MB (1,234,567 bytes)',
        'lane        tape',
        'takes       1m30s',
        'attributes  run=7',
        'replica     https://one/a  at CERN',
        'replica     https://two/a',
        '',
      ].join('\n'),
    );
  });

  it('tells of its last failure and of who holds it', async () => {
    await server.client.reserve({ project: id, worker: 'w1' });
    const held = await server.cli(`file show ${id} raw:a`);
    expect(held.stdout).toMatch(/^state +reserved until [-\d]+ [:\d]+$/m);
    expect(held.stdout).toMatch(/^worker +w1$/m);
    await server.client.failed({ project: id, worker: 'w1', failed: [{ did: 'raw:a', reason: 'no luck' }] });
    const failed = await server.cli(`file show ${id} raw:a`);
    expect(failed.stdout).toMatch(/^failed +[-\d]+ [:\d]+ by w1, attempt 1$/m);
    expect(failed.stdout).toMatch(/^reason +no luck$/m);
  });

  it('prints the file itself with --json', async () => {
    const { stdout } = await server.cli(`file show ${id} raw:a -j`);
    expect(JSON.parse(stdout)).toMatchObject({ did: 'raw:a', lane: 'tape', size: 1_234_567 });
  });

  it('does not know another file', async () => {
    const { code, stderr } = await server.cli(`file show ${id} raw:z`);
    expect([code, stderr]).toEqual([EXIT.notFound, `sluice file show: project ${id} has no file raw:z\n`]);
  });
});

describe('file replica', () => {
  it('takes a copy out of use and brings it back', async () => {
    const down = await server.cli(`file replica ${id} raw:a ${URLS[0]} down`);
    expect([down.code, down.stdout]).toEqual([
      EXIT.ok,
      expect.stringMatching(/https:\/\/one\/a {2}at CERN {2}\(down\)\n/),
    ]);
    const { stdout } = await server.cli(`file replica ${id} raw:a ${URLS[0]} up -j`);
    expect(JSON.parse(stdout).replicas).toMatchObject([{ available: true }, { available: true }]);
  });

  it('does not know another copy', async () => {
    const { code } = await server.cli(`file replica ${id} raw:a https://three/a down`);
    expect(code).toBe(EXIT.refused);
  });
});
