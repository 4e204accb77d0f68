import { describe, expect, test } from 'vitest';
import { Configuration } from '../../lib/contract/queues.ts';
import { codeOf, startTestServer } from './support.ts';

const TOKENS = ['root', 'ann', 'bob', 'pilot'].map(user => ({
  token: `${user}-0123456789abcdef`,
  user,
  roles: [],
  admin: user === 'root',
}));

async function startServer() {
  const server = await startTestServer({
    tokens: TOKENS,
    configuration: Configuration.parse({
      queues: { juicer: { users: ['pilot'], retentionSeconds: 3600 } },
      bindings: { squeeze: 'juicer' },
    }),
  });
  const [, ann, bob, pilot] = TOKENS.map(({ token }) => server.clientOf(token));
  if (!ann || !bob || !pilot) throw new Error('nobody is there');
  const hold = async (fields: { public?: boolean } = {}) => {
    const { id } = await ann.submitTask({ name: 'squeeze', ...fields });
    const reply = await pilot.reserveTasks({ worker: 'w1', queues: ['juicer'] });
    if (reply.status !== 'reserved') throw new Error('no task was reserved');
    return { id, token: reply.tasks[0]?.token ?? '' };
  };
  return { ...server, ann, bob, pilot, hold };
}

describe('the log of a task', () => {
  test('is written by its worker, and shown to its submitter', async () => {
    const { ann, pilot, hold } = await startServer();
    const { id, token } = await hold();
    expect(await ann.readLog({ task: id })).toEqual({ text: '', next: '0.0', more: false, ended: false });
    expect(await pilot.appendLog({ token, text: 'one\ntwo\n', from: 0 })).toEqual({
      ...{ from: 8, isFull: false, cancelled: false },
    });
    expect(await pilot.appendLog({ token, text: 'one\ntwo\nthree\n', from: 0 })).toMatchObject({ from: 14 });
    expect((await ann.showTask({ task: id })).log).toEqual({ bytes: 14, tail: 'one\ntwo\nthree\n' });
    const page = await ann.readLog({ task: id, limit: 8 });
    expect(page).toEqual({ text: 'one\ntwo\n', next: '0.8', more: true, ended: false });
    await pilot.endTask({ token, outcome: 'succeeded' });
    expect(await ann.readLog({ task: id, after: page.next })).toEqual({
      ...{ text: 'three\n', next: '0.14', more: false, ended: true },
    });
  });

  test('is for whoever may see the task', async () => {
    const { bob, pilot, hold } = await startServer();
    const secret = await hold();
    const open = await hold({ public: true });
    for (const { token } of [secret, open]) await pilot.appendLog({ token, text: 'one\n' });
    expect(await codeOf(bob.readLog({ task: secret.id }))).toBe('task_unknown');
    expect((await bob.readLog({ task: open.id })).text).toBe('one\n');
    expect(await codeOf(bob.appendLog({ token: open.token, text: 'two\n' }))).toBe('forbidden');
  });

  test('takes no lines of an attempt that was ended', async () => {
    const { pilot, hold } = await startServer();
    const { token } = await hold();
    await pilot.endTask({ token, outcome: 'succeeded' });
    expect(await codeOf(pilot.appendLog({ token, text: 'one\n' }))).toBe('already_settled');
  });

  test('is kept as long as the task', async () => {
    const { ann, pilot, hold, clock } = await startServer();
    const { id, token } = await hold();
    await pilot.appendLog({ token, text: 'one\n' });
    await pilot.endTask({ token, outcome: 'succeeded' });
    await clock.pass(3500);
    expect((await ann.readLog({ task: id })).text).toBe('one\n');
    await clock.pass(200);
    // Files are removed when the disk has what was written before.
    await expect
      .poll(() => ann.readLog({ task: id }).catch(({ code }) => code), { timeout: 20_000 })
      .toBe('task_unknown');
  });
});
