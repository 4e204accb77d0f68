import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT, type ExitName } from '../../../lib/cli/exit-codes.ts';
import { CliServer } from '../../support/cli-server.ts';

const ADMIN = 'a-token-of-an-admin';
const GUEST = 'a-token-of-a-guest';

let server: CliServer;
beforeAll(async () => {
  const users = [
    { token: ADMIN, user: 'ana', roles: [], admin: true },
    { token: GUEST, user: 'guest', roles: [], admin: false },
  ];
  server = await CliServer.start({ tokens: users });
  const { client } = server;
  const virtual = { files: [{ name: 'a' }], virtual: true };
  await client.createProject(virtual);
  await client.createProject(virtual);
  await client.cancelProject({ project: 2 });
  await client.createProject(virtual);
  await client.reserve({ project: 3, worker: 'w' });
  await client.done({ project: 3, worker: 'w', done: [{ did: 'a' }] });
});
afterAll(() => server.stop());

/** Project 1 is active, 2 is cancelled, 3 is done. What is not an error has no code word. */
const LINES: readonly (readonly [line: string, exit: ExitName, code: string])[] = [
  ['project show 1', 'ok', ''],
  ['project watch 3', 'ok', ''],
  ['project watch 2', 'no', ''],
  ['project show', 'usage', 'usage'],
  ['project show one', 'usage', 'usage'],
  ['project show 0', 'usage', 'usage'],
  ['project shwo 1', 'usage', 'usage'],
  ['project create --manifest gone', 'usage', 'unreadable'],
  ['worker next 1 --worker two/words', 'usage', 'worker_id'],
  ['worker next 3', 'done', ''],
  ['worker next 2', 'refused', 'project_inactive'],
  ['worker done 1 a', 'refused', 'not_reserved'],
  ['project activate 1', 'refused', 'wrong_state'],
  ['project create a a', 'refused', 'invalid_request'],
  ['project files 1 --lane two/words', 'refused', 'invalid_request'],
  ['project show 99', 'notFound', 'project_unknown'],
  ['worker next 99', 'notFound', 'project_unknown'],
  ['worker done 1 z', 'notFound', 'file_unknown'],
  ['file show 1 z', 'notFound', 'file_unknown'],
  ['project show 1 --token a-token-of-nobody', 'notAllowed', 'unauthenticated'],
  [`project show 1 --token ${GUEST}`, 'notAllowed', 'forbidden'],
  [`worker next 1 --token ${GUEST}`, 'notAllowed', 'forbidden'],
  [`site down CERN --token ${GUEST}`, 'notAllowed', 'forbidden'],
  ['project list --server http://127.0.0.1:1', 'unavailable', 'unreachable'],
  ['worker next 1 --server http://127.0.0.1:1', 'unavailable', 'unreachable'],
];

describe('exit codes', () => {
  it.each(LINES)('%s: %s', async (line, exit, code) => {
    const { code: number, stderr } = await server.cli(line, { env: { SLUICE_TOKEN: ADMIN } });
    expect(number).toBe(EXIT[exit]);
    if (code === '') return;
    // The place, a colon, and a sentence; usage errors add how it would be right.
    expect(stderr).toMatch(/^sluice( [a-z]+)*: .+\n(Usage: |$)/);
    const asJson = await server.cli(`${line} --json`, { env: { SLUICE_TOKEN: ADMIN } });
    expect([asJson.code, JSON.parse(asJson.stderr)]).toMatchObject([EXIT[exit], { error: { code } }]);
  });

  it('is 3 where a worker waited in vain', async () => {
    await server.client.reserve({ project: 1, worker: 'other' });
    const { code } = await server.cli('worker next 1 --wait 0', { env: { SLUICE_TOKEN: ADMIN } });
    expect(code).toBe(EXIT.timeout);
  });
});
