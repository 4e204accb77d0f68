import { describe, expect, test } from 'vitest';
import { apiHandler } from '../../functions/api.ts';
import createProject from '../../functions/create-project.ts';
import type { HttpEvent } from '../../functions/http.ts';
import reserve from '../../functions/reserve.ts';
import { LIMITS } from '../../lib/contract/limits.ts';
import { Problem } from '../../lib/contract/problems.ts';
import { createContext } from '../../lib/dispatch/context.ts';
import { memoryHome } from '../support/memory-home.ts';

/** What a Lambda function URL sends. */
function eventOf(method: string, path: string, fields: Partial<HttpEvent> = {}): HttpEvent {
  return {
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext: {
      http: { method },
      authorizer: { sluice: { user: 'ann', roles: [], admin: false } },
    },
    ...fields,
  };
}

const CREATE = '{"virtual":true,"files":[{"name":"f"}]}';
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => ({
  body: Buffer.from(text, encoding).toString('base64'),
  isBase64Encoded: true,
});

/** The answer to an event, its body parsed. */
async function problemOf(reply: Promise<{ statusCode: number; body: string; headers: object }>) {
  const { body, headers } = await reply;
  const { code, detail } = Problem.parse(JSON.parse(body));
  return { code, detail, headers };
}

describe('a handler', () => {
  test('answers the event of a function URL by itself', async () => {
    const handler = createProject.handlerFor(createContext(memoryHome()));

    const reply = await handler(eventOf('POST', '/v1/projects', { body: CREATE }), {});

    expect(reply).toMatchObject({ statusCode: 201, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(reply.body)).toMatchObject({ project: { id: 1, owner: 'ann', state: 'active' } });
  });

  test('takes the project from the path parameters', async () => {
    const context = createContext(memoryHome());
    await createProject.handlerFor(context)(eventOf('POST', '/v1/projects', { body: CREATE }), {});

    const event = eventOf('POST', '/', { body: '{"worker":"w"}', pathParameters: { project: '1' } });
    const reply = await reserve.handlerFor(context)(event, {});

    expect(JSON.parse(reply.body)).toMatchObject({ status: 'reserved', reservations: [{ did: 'f' }] });
  });

  test('takes a body in base64', async () => {
    const handler = createProject.handlerFor(createContext(memoryHome()));

    expect(await handler(eventOf('POST', '/v1/projects', base64(CREATE)), {})).toMatchObject({
      statusCode: 201,
    });
  });

  test.each([
    ['that is not JSON', base64('files=f'), 'invalid_request', 'the body is not JSON'],
    ['that is no base64', { body: '{}!', isBase64Encoded: true }, 'invalid_request', 'the body is not JSON'],
    ['that is not UTF-8', base64('{"title":"\xff"}', 'latin1'), 'invalid_request', 'the body is not UTF-8'],
    [
      'that is too large',
      base64(' '.repeat(LIMITS.bodyBytes + 1)),
      'body_too_large',
      /this one has 4194305$/,
    ],
    [
      'that is too large as it is',
      { body: 'ä'.repeat(LIMITS.bodyBytes / 2 + 1) },
      'body_too_large',
      /this one has 4194306$/,
    ],
  ])('refuses a body %s', async (_, body, code, detail) => {
    const handler = createProject.handlerFor(createContext(memoryHome()));

    const problem = await problemOf(handler(eventOf('POST', '/v1/projects', body), {}));

    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(detail);
  });

  test('refuses who is not known before it looks at the request', async () => {
    const handler = createProject.handlerFor(createContext(memoryHome()));
    const event = eventOf('POST', '/v1/projects', {
      body: 'x',
      requestContext: { http: { method: 'POST' } },
    });

    expect(await problemOf(handler(event, {}))).toMatchObject({
      code: 'unauthenticated',
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  test('says when the store cannot be used, and that it is not known what became of the request', async () => {
    const home = memoryHome({ onCall: () => 'answer lost' });
    const handler = createProject.handlerFor(createContext(home));

    const problem = await problemOf(handler(eventOf('POST', '/v1/projects', { body: CREATE }), {}));

    expect(problem).toMatchObject({
      code: 'unavailable',
      detail: expect.stringMatching(/whether this request took effect is unknown$/),
    });
    expect(home.warnings).toHaveLength(1);
  });

  test('tells a fault of its own to the operator, and nothing of it to the caller', async () => {
    const home = memoryHome({
      onCall: () => {
        throw new TypeError('the secret is 42');
      },
    });
    const handler = createProject.handlerFor(createContext(home));

    const problem = await problemOf(handler(eventOf('POST', '/v1/projects', { body: CREATE }), {}));

    expect(problem.code).toBe('internal');
    expect(problem.detail).not.toContain('42');
    expect(home.warnings).toEqual(['a request failed: TypeError: the secret is 42']);
  });
});

describe('the function of the whole API', () => {
  test('finds the verb by method and path', async () => {
    const api = apiHandler(createContext(memoryHome()));
    await api(eventOf('POST', '/v1/projects', { body: CREATE }), {});

    const reply = await api(eventOf('GET', '/v1/projects/1/files', { rawQueryString: 'limit=5' }), {});

    expect(JSON.parse(reply.body)).toMatchObject({ files: [{ did: 'f' }] });
  });

  test('says which methods a path takes', async () => {
    const api = apiHandler(createContext(memoryHome()));

    expect(await problemOf(api(eventOf('PATCH', '/v1/projects/1'), {}))).toMatchObject({
      code: 'method_not_allowed',
      detail: '/v1/projects/1 takes GET and DELETE, not PATCH',
      headers: { allow: 'GET, DELETE', 'content-type': 'application/problem+json' },
    });
  });

  test('says that there is nothing at a path, however long', async () => {
    const api = apiHandler(createContext(memoryHome()));
    const { code, detail } = await problemOf(api(eventOf('GET', `/${'x'.repeat(9000)}`), {}));

    expect(code).toBe('not_found');
    expect(detail.length).toBeLessThan(150);
  });
});
