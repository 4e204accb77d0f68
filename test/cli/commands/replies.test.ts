import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../../lib/cli/exit-codes.ts';
import { Stopped } from '../../../lib/cli/frame/errors.ts';
import { Configuration } from '../../../lib/contract/queues.ts';
import { CliServer } from '../../support/cli-server.ts';

const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

let server: CliServer;
beforeAll(async () => {
  server = await CliServer.start({ configuration: Configuration.parse({ queues: { juicer: {} } }) });
});
afterAll(() => server.stop());

/** Submits a task that replies, by the command line, and has it end; answers its id. */
async function ended(replies: string, end: object): Promise<string> {
  const line = `task submit promote --queue juicer --reply-to sluice:${replies} --correlation-id run-7`;
  const { stdout } = await server.cli(line);
  const reply = await server.client.reserveTasks({ worker: 'w1', queues: ['juicer'] });
  const token = reply.status === 'reserved' ? (reply.tasks[0]?.token ?? '') : '';
  await server.client.endTask({ token, outcome: 'succeeded', ...end });
  return stdout.trim();
}

it('reply list shows what waits, reply ack takes it off', async () => {
  const id = await ended('list', { result: { cart: 'tomcat' } });
  const shown = await server.cli('reply list list');
  expect(shown.code).toBe(EXIT.ok);
  expect(shown.stdout.split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^ID +AT +NAME +EVENT +CORRELATION +SAYS$/),
    expect.stringMatching(new RegExp(`^${id}.1.started +${TIME} +promote +started +run-7`)),
    expect.stringMatching(
      new RegExp(`^${id}.2.completed +${TIME} +promote +completed +run-7 +cart="tomcat"$`),
    ),
  ]);
  const { stdout } = await server.cli('reply list list --json --limit 1');
  expect(JSON.parse(stdout)).toMatchObject({ id: `${id}.1.started`, task: id, correlationId: 'run-7' });
  const ack = `reply ack list ${id}.1.started ${id}.2.completed`;
  expect((await server.cli(ack)).stdout).toBe(`${id}.1.started\n${id}.2.completed\n`);
  expect((await server.cli(`${ack} --json`)).stdout).toBe('{"acknowledged":[]}\n');
  expect((await server.cli('reply list list --json')).stdout).toBe('');
});

it('reply watch prints each reply as it comes, and acknowledges it', async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const watching = server.cli('reply watch live', {
    signal: stop.signal,
    onWrite(text) {
      lines.push(...text.trimEnd().split('\n'));
      if (lines.length >= 2) resolve();
    },
  });
  const id = await ended('live', { outcome: 'failed', retry: false, error: { message: 'no such cart' } });
  await promise;
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^${TIME}  task ${id} \\[run-7\\] started$`)),
    expect.stringMatching(new RegExp(`^${TIME}  task ${id} \\[run-7\\] failed: no such cart$`)),
  ]);
  const waiting = async () => (await server.client.listReplies({ replies: 'live' })).replies.length;
  await expect.poll(waiting).toBe(0);
  stop.abort(new Stopped('SIGTERM'));
  expect((await watching).code).toBe(EXIT.terminated);
});
