import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { postWebhook } from '../../lib/dispatch/events/post-webhook.ts';
import { tempFolder } from '../support/temp-folder.ts';

const GUIDE = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

test('the function that the document shows knows a genuine message', async () => {
  const text = await readFile(GUIDE, 'utf8');
  const [, code = ''] = /^```js\n(import \{ createHmac.*?)^```/ms.exec(text) ?? [];
  const path = join(await tempFolder(), 'genuine.mjs');
  await writeFile(path, code);
  const { isGenuine } = await import(path);

  const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
  const sent = async (now: number) => {
    const messages: { headers: Readonly<Record<string, string>>; body: string }[] = [];
    const posting = {
      faultOf: () => undefined,
      post: async (_url: string, message: (typeof messages)[number]) => void messages.push(message),
    };
    const clock = { now: () => now, sleep: async () => {} };
    const event = { id: 'q-1.1.started', type: 'task.started', subject: 'q-1', at: now, owner: 'ann' };
    const webhook = { url: 'https://lab.example/', secret, all: false, createdAt: 0 };
    await postWebhook({ posting, clock }, webhook, { ...event, message: { task: 'q-1' } });
    const [{ headers, body } = { headers: {}, body: '' }] = messages;
    return { headers, body };
  };
  const { headers, body } = await sent(Date.now());
  expect(isGenuine(secret, headers, body)).toBe(true);
  expect(isGenuine(secret, headers, `${body} `)).toBe(false);
  expect(isGenuine(`${secret.slice(0, -4)}AAA=`, headers, body)).toBe(false);
  const old = await sent(Date.now() - 600_000);
  expect(isGenuine(secret, old.headers, old.body)).toBe(false);
});
