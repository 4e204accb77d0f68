import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import createProject from '../../../functions/create-project.ts';
import { type Access, verbFunction } from '../../../functions/lambda/verb-function.ts';
import reserve from '../../../functions/reserve.ts';
import { verbs } from '../../../functions/verbs.ts';
import { createContext } from '../../../lib/dispatch/context.ts';
import { memoryHome } from '../../support/memory-home.ts';

const CREATE = { virtual: true, files: [{ name: 'f' }] };
const ANN = { iam: { userArn: 'arn:aws:iam::123456789012:user/ann' } };

/** What a function URL sends, reduced to what differs. */
function urlEvent(method: string, rawPath: string, body?: unknown, authorizer: unknown = ANN) {
  return {
    version: '2.0',
    rawPath,
    rawQueryString: '',
    headers: { host: 'abc.lambda-url.eu-central-1.on.aws' },
    requestContext: { http: { method, path: rawPath }, accountId: '123456789012', authorizer },
    isBase64Encoded: false,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function setup(access: Partial<Access> = {}) {
  const context = createContext(memoryHome());
  const accessOf = () => ({ admins: new Set<string>(), ...access });
  return {
    api: verbFunction(verbs, () => context, accessOf),
    reserve: verbFunction([reserve], () => context, accessOf),
  };
}

const bodyOf = (reply: unknown) => JSON.parse(z.object({ body: z.string() }).parse(reply).body);

describe('through its URL', () => {
  test('a project belongs to whom IAM names', async () => {
    const { api } = setup();

    const reply = await api(urlEvent('POST', '/v1/projects', CREATE));

    expect(reply).toMatchObject({ statusCode: 201 });
    expect(bodyOf(reply)).toMatchObject({ project: { owner: 'ann' } });
  });

  test("another's project is refused, unless the caller is an admin", async () => {
    const eve = { iam: { userArn: 'arn:aws:iam::123456789012:user/eve' } };
    const { api } = setup({ admins: new Set(['root']) });
    await api(urlEvent('POST', '/v1/projects', CREATE));

    const cancel = (authorizer: unknown) => api(urlEvent('POST', '/v1/projects/1/cancel', {}, authorizer));

    expect(await cancel(eve)).toMatchObject({ statusCode: 403 });
    expect(await cancel({ iam: { userArn: 'arn:aws:iam::123456789012:root' } })).toMatchObject({
      statusCode: 200,
    });
  });

  test("another's private task is not there, a public one is", async () => {
    const eve = { iam: { userArn: 'arn:aws:iam::123456789012:user/eve' } };
    const root = { iam: { userArn: 'arn:aws:iam::123456789012:root' } };
    const { api } = setup({ admins: new Set(['root']) });
    await api(urlEvent('PUT', '/v1/queues/q', {}, root));
    const task = { name: 'n', queue: 'q' };
    const ids: string[] = [];
    for (const isPublic of [false, true])
      ids.push(bodyOf(await api(urlEvent('POST', '/v1/tasks', { ...task, public: isPublic }))).id);
    for (const path of ['', '/log', '/outputs'])
      for (const [authorizer, codes] of [
        [ANN, [200, 200]],
        [eve, [404, 200]],
      ] as const)
        for (const [n, id] of ids.entries())
          expect(await api(urlEvent('GET', `/v1/tasks/${id}${path}`, undefined, authorizer))).toMatchObject({
            statusCode: codes[n],
          });
  });

  test('a call that nobody vouches for is refused', async () => {
    const { api } = setup({ admins: new Set(['']) });

    const refused = await api(urlEvent('POST', '/v1/projects', CREATE, null));
    expect(refused).toMatchObject({ statusCode: 401 });
    expect(bodyOf(refused).detail).toBe('say who you are');
  });

  test('an answer that Lambda would not let through is refused with what helps', async () => {
    const { api } = setup();
    // Quotes are escaped once in the answer, and again in what Lambda makes of it.
    const note = '"'.repeat(4_000);
    const files = Array.from({ length: 400 }, (_, n) => ({ name: `f${n}`, attributes: { note } }));
    await api(urlEvent('POST', '/v1/projects', { virtual: true, files }));
    const list = (limit: number) => ({
      ...urlEvent('GET', '/v1/projects/1/files'),
      rawQueryString: `limit=${limit}`,
    });

    expect(await api(list(300))).toMatchObject({ statusCode: 200 });
    const refused = await api(list(400));
    expect(refused).toMatchObject({ statusCode: 413 });
    expect(bodyOf(refused)).toMatchObject({ code: 'body_too_large', detail: /ask for fewer/ });
    expect(await api({ verb: 'listFiles', project: 1, limit: 400 })).toMatchObject({ status: 413 });
  });

  test('an emulator names nobody: the user that the deployment says calls', async () => {
    const { api } = setup({ unnamed: 'local' });

    const reply = await api(urlEvent('POST', '/v1/projects', CREATE, null));

    expect(bodyOf(reply)).toMatchObject({ project: { owner: 'local' } });
  });

  test('a caller whose name cannot be used is told so', async () => {
    const { api } = setup();
    const odd = { iam: { userArn: 'arn:aws:iam::123456789012:user/a=b' } };

    const reply = await api(urlEvent('POST', '/v1/projects', CREATE, odd));

    expect(reply).toMatchObject({ statusCode: 403 });
    expect(bodyOf(reply).detail).toContain('a=b');
  });

  test('a function of one verb answers that verb, and no other', async () => {
    const functions = setup();
    await functions.api(urlEvent('POST', '/v1/projects', CREATE));

    const reserved = await functions.reserve(urlEvent('POST', '/v1/projects/1/reserve', { worker: 'w' }));

    expect(bodyOf(reserved)).toMatchObject({ status: 'reserved' });
    expect(await functions.reserve(urlEvent('POST', '/v1/projects/1/cancel', {}))).toMatchObject({
      statusCode: 404,
    });
  });
});

describe('invoked directly', () => {
  test('a plain payload names the verb, and is answered with the document alone', async () => {
    const { api } = setup();

    expect(await api({ verb: 'createProject', ...CREATE })).toMatchObject({ project: { id: 1 } });
    expect(await api({ verb: 'listFiles', project: 1, limit: 5 })).toMatchObject({ files: [{ did: 'f' }] });
  });

  test('a function of one verb need not be told which', async () => {
    const functions = setup();
    await functions.api({ verb: 'createProject', ...CREATE });

    expect(await functions.reserve({ project: 1, worker: 'w' })).toMatchObject({ status: 'reserved' });
  });

  test('IAM has decided: it may do so in any project', async () => {
    const functions = setup();
    await functions.api(urlEvent('POST', '/v1/projects', CREATE));

    expect(await functions.reserve({ project: 1, worker: 'w' })).toMatchObject({ status: 'reserved' });
  });

  test.each([
    ['another verb than the function has', { verb: 'cancelProject', project: 1 }, 'invalid_request'],
    ['no project', { worker: 'w' }, 'project_unknown'],
    ['a project that is not there', { project: 7, worker: 'w' }, 'project_unknown'],
    ['input that is not valid', { project: 1, worker: 'w', count: 0 }, 'invalid_request'],
    ['a payload that is no object', [1], 'invalid_request'],
  ])('%s is answered with the problem', async (_, payload, code) => {
    expect(await setup().reserve(payload)).toMatchObject({ code });
  });
});

test('the home is connected to once, at the first call', async () => {
  let connections = 0;
  const connect = () => {
    connections += 1;
    return createContext(memoryHome());
  };
  const handler = verbFunction([createProject], connect, () => ({ admins: new Set() }));
  expect(connections).toBe(0);

  await handler(CREATE);
  await handler(CREATE);

  expect(connections).toBe(1);
});
