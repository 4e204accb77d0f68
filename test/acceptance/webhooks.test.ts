import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { addresses, clientAt, names, SOON } from './home.ts';

const newName = () => `t${crypto.randomUUID().slice(0, 8)}`;

const Message = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ id: z.string(), event: z.string() }),
});

interface Received extends z.infer<typeof Message> {
  /** What must have been signed, and the signature that it came with. */
  readonly signed: string;
  readonly signature: string;
}

/** Somebody on this machine who is told; they refuse what comes first. */
async function listener(refusals = 0) {
  const received: Received[] = [];
  let left = refusals;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const header = (name: string) => String(request.headers[`webhook-${name}`]);
    left -= 1;
    if (left < 0)
      received.push({
        ...Message.parse(JSON.parse(body)),
        signed: `${header('id')}.${header('timestamp')}.${body}`,
        signature: header('signature'),
      });
    response.writeHead(left < 0 ? 204 : 503).end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook`, received };
}

describe.each(addresses)('by %s', (_, server) => {
  const client = clientAt(server);

  /** Makes a webhook that goes when the test ends; answers its secret. */
  async function declare(webhook: string, url: string, all = false): Promise<string> {
    const { secret = '' } = await client.putWebhook({ webhook, url, all });
    onTestFinished(async () => {
      await client.deleteWebhook({ webhook });
    });
    return secret;
  }

  test('a webhook that a task names is told of it, signed; what it refused at first comes later', async () => {
    const { url, received } = await listener(1);
    const [queue, webhook] = [newName(), newName()];
    const secret = await declare(webhook, url);
    await client.putQueue({ queue });
    const { id } = await client.submitTask({ name: 'n', queue, replyTo: `webhook:${webhook}` });
    await expect
      .poll(() => client.reserveTasks({ worker: 'w', queues: [queue] }), SOON)
      .toMatchObject({ status: 'reserved' });
    const { tasks } = await client.heldTasks({ worker: 'w', queue });
    await client.endTask({ token: tasks[0]?.token ?? '', outcome: 'succeeded', result: { ok: true } });
    // The sweep tries again, once a minute.
    await expect.poll(() => received.length, { timeout: 110_000, interval: 200 }).toBe(2);
    expect(received).toMatchObject([
      { type: 'task.started', data: { id: `${id}.1.started`, task: id } },
      { type: 'task.completed', data: { id: `${id}.2.completed`, result: { ok: true } } },
    ]);
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    for (const { signed, signature } of received)
      expect(signature).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  test('a webhook that is told of everything hears of projects', async () => {
    const { url, received } = await listener();
    await declare(newName(), url, true);
    // A process may know who listens from up to ten seconds ago.
    await expect
      .poll(async () => {
        const { project } = await client.createProject({ virtual: true, files: names(1) });
        await client.cancelProject({ project: project.id });
        await client.deleteProject({ project: project.id });
        return received.filter(({ data }) => data.project === project.id).map(({ type }) => type);
      }, SOON)
      .toEqual(['project.loaded', 'project.cancelled', 'project.deleted']);
  });
});
