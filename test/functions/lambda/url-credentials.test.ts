import { describe, expect, test } from 'vitest';
import { verbFunction } from '../../../functions/lambda/verb-function.ts';
import { verbs } from '../../../functions/verbs.ts';
import { routes } from '../../../lib/contract/routes.ts';
import { createContext } from '../../../lib/dispatch/context.ts';
import { type Files, PortUnavailable } from '../../../lib/dispatch/ports.ts';
import { memoryHome } from '../../support/memory-home.ts';
import { reservationsIn } from '../support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const project = 1;

/** The API in a home whose URLs need credentials that end in an hour, and are to be had or not. */
function setup() {
  const home = memoryHome();
  const end = home.clock.now() + HOUR;
  const world = { away: false, asked: 0, end };
  let prepared = false;
  const needing =
    <A extends unknown[]>(make: (...args: A) => string) =>
    (...args: A) => {
      if (!prepared) throw new Error('a URL was made without credentials');
      return make(...args);
    };
  const { replicaUrl, downloadUrl, uploadUrl } = home.files;
  const files: Files = {
    ...home.files,
    prepare: async () => {
      world.asked += 1;
      if (world.away) throw new PortUnavailable('STS is away');
      prepared = true;
    },
    urlsWorkUntil: wanted => Math.min(wanted, end),
    replicaUrl: needing(replicaUrl),
    downloadUrl: needing(downloadUrl),
    uploadUrl: needing(uploadUrl),
    exists: async () => true,
  };
  const context = createContext({ ...home, files });
  const api = verbFunction(
    verbs,
    () => context,
    () => ({ admins: new Set() }),
  );
  /** Each request in a process that has just begun. */
  const ask = (verb: string, input: object) => {
    prepared = false;
    return api({ verb, ...input });
  };
  return { world, ask, clock: home.clock };
}

const CREATE = { files: [{ name: 'a', replicas: [{ url: 'x:/a' }] }] };
const MANIFEST = { virtual: true, manifest: { format: 'lines' } };

async function reserved() {
  const deployed = setup();
  await deployed.ask('createProject', CREATE);
  const reply = await deployed.ask('reserve', { project, worker: 'w' });
  return { ...deployed, token: reservationsIn(routes.reserve.reply.parse(reply))[0]?.token };
}

describe('credentials to sign with are seen to before URLs are made', () => {
  test('by reserve, held and output', async () => {
    const { ask, token } = await reserved();

    expect(token).toBeDefined();
    expect(await ask('held', { project, worker: 'w' })).toMatchObject({ reservations: [{ token }] });
    expect(await ask('output', { project, token })).toMatchObject({ method: 'PUT' });
  });

  test('by who shows a file with its output', async () => {
    const { ask, token } = await reserved();
    await ask('done', { project, done: [token] });

    expect(await ask('showFile', { project, did: 'a' })).toHaveProperty('outputUrl');
  });

  test('by who says where a manifest goes, the first time and again', async () => {
    const { ask } = setup();

    expect(await ask('createProject', MANIFEST)).toHaveProperty('upload.url');
    expect(await ask('uploadManifest', { project })).toHaveProperty('url');
  });
});

test('where to upload is said with the time that the credentials allow', async () => {
  const { ask, world } = setup();

  expect(await ask('createProject', MANIFEST)).toMatchObject({ upload: { expiresAt: world.end } });
});

test('without credentials a request is unavailable, and may be repeated', async () => {
  const { ask, world, clock } = setup();
  await ask('createProject', CREATE);
  world.away = true;
  expect(await ask('reserve', { project, worker: 'w' })).toMatchObject({ status: 503, code: 'unavailable' });

  world.away = false;
  await clock.sleep(MINUTE);
  expect(await ask('reserve', { project, worker: 'w' })).toMatchObject({ status: 'reserved' });
});
