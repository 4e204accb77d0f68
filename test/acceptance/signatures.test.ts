import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { expect, test } from 'vitest';
import { addresses } from './home.ts';

/** The same request as the client's, without its signature. */
async function statusUnsigned(url: URL): Promise<number | undefined> {
  const target = new URL(url.pathname, process.env.AWS_ENDPOINT_URL ?? url);
  const { request } = target.protocol === 'http:' ? http : https;
  const asked = request(target, { headers: { host: url.host } }).end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  response?.resume();
  return response?.statusCode;
}

test('who does not sign a request to the function URL is refused, whatever is asked', async () => {
  const [[, server = ''] = []] = addresses;
  for (const path of ['/v1/health', '/v1/openapi.json', '/v1/projects'])
    expect(await statusUnsigned(new URL(path, server))).toBe(403);
});
