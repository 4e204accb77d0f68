import { describe, expect, test } from 'vitest';
import { Processes, resultOf, SLUICE } from '../support/processes.ts';
import { addresses, clientAt, SOON } from './home.ts';
import { logOf, newQueue, untilReserved } from './queues.ts';

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  async function held() {
    const queue = await newQueue(client);
    const { id } = await client.submitTask({ name: 'talk', queue });
    const [one] = await untilReserved(client, queue, 'w');
    return { id, queue, token: one?.token ?? '' };
  }

  test('lines are kept once and in order, however many at once, and read page by page', async () => {
    const { id, token } = await held();
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => `${from + n} ${'é'.repeat(40)}\n`).join('');
    const batches = [lines(0, 1), lines(1, 30), lines(30, 2000), lines(2000, 2001), lines(2001, 8000)];
    let from = 0;
    for (const text of batches) {
      const { from: next } = await client.appendLog({ token, text, from });
      // An answer was lost.
      expect(await client.appendLog({ token, text, from })).toMatchObject({ from: next });
      from = next;
    }
    const all = batches.join('');
    for (const limit of [undefined, 50_000]) expect((await logOf(client, id, limit)) === all).toBe(true);
    const { log } = await client.showTask({ task: id });
    expect(log?.bytes).toBe(Buffer.byteLength(all));
    expect(log?.tail).toMatch(/\n7998 é+\n7999 é+\n$/);
  });

  test('a log goes on in the next attempt, is whole when the task has ended, and goes with it', async () => {
    const { id, queue, token } = await held();
    await client.appendLog({ token, text: 'one\n' });
    await client.endTask({ token, outcome: 'released' });
    const [again] = await untilReserved(client, queue, 'w2');
    await client.appendLog({ token: again?.token ?? '', text: `${'x'.repeat(20_000)}\n` });
    await expect(client.appendLog({ token, text: 'late\n' })).rejects.toMatchObject({
      code: 'already_settled',
    });
    await client.endTask({ token: again?.token ?? '', outcome: 'succeeded' });
    expect(await logOf(client, id)).toMatch(/^one\n=== attempt 1 by w2, .*\nx{20000}\n$/);
    expect(await client.readLog({ task: id })).toMatchObject({ more: false, ended: true });
    await client.deleteTask({ task: id });
    await expect(client.readLog({ task: id })).rejects.toMatchObject({ code: 'task_unknown' });
  });

  test('what is submitted and waited for shows its log and ends as the task did', async () => {
    await using processes = new Processes();
    const queue = await newQueue(client);
    const env = { SLUICE_URL: server };
    const wait = processes.start([SLUICE, 'task', 'submit', 'talk', '--queue', queue, '--wait'], { env });
    const waited = resultOf(wait);
    const [one] = await untilReserved(client, queue, 'w');
    const token = one?.token ?? '';
    let seen = '';
    wait.stdout?.on('data', text => (seen += text));
    await client.appendLog({ token, text: 'hello\n' });
    await expect.poll(() => seen, SOON).toContain('hello\n');
    await client.endTask({ token, outcome: 'failed', retry: false, error: { message: 'no' } });
    const id = one?.task.id;
    expect(await waited).toMatchObject({ code: 1, stdout: `${id}\nhello\ntask ${id} is failed: no\n` });
    const log = resultOf(processes.start([SLUICE, 'task', 'log', '-f', id ?? ''], { env }));
    expect(await log).toMatchObject({ code: 0, stdout: 'hello\n' });
  });
});
