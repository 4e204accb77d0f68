import { describe, expect, test } from 'vitest';
import { RoleCredentials, type RoleSession } from '../../lib/aws/role-credentials.ts';
import { PortUnavailable } from '../../lib/dispatch/ports.ts';

const MINUTE = 60_000;

/** Credentials of a role that STS gives for an hour at a time, named by their number; time is the test's. */
function setup() {
  const world = {
    now: Date.UTC(2030, 0, 1),
    asked: 0,
    warnings: 0,
    failure: undefined as Error | undefined,
    pass: (minutes: number) => {
      world.now += minutes * MINUTE;
    },
  };
  async function assume(): Promise<RoleSession> {
    world.asked += 1;
    if (world.failure) throw world.failure;
    return { accessKeyId: `key ${world.asked}`, secretAccessKey: 's', expiresAt: world.now + 60 * MINUTE };
  }
  const credentials = new RoleCredentials({
    assume,
    clock: { now: () => world.now, sleep: async () => {} },
    warn: () => {
      world.warnings += 1;
    },
  });
  return { world, credentials };
}

describe('the credentials of a role', () => {
  test('are asked for once, however many wait for them', async () => {
    const { world, credentials } = setup();

    await Promise.all([credentials.prepare(), credentials.prepare(), credentials.prepare()]);
    await credentials.prepare();

    expect(world.asked).toBe(1);
    expect(credentials.current().accessKeyId).toBe('key 1');
  });

  test('are renewed while they have three quarters of an hour left', async () => {
    const { world, credentials } = setup();
    await credentials.prepare();

    world.pass(14);
    await credentials.prepare();
    expect(world.asked).toBe(1);

    world.pass(1);
    await credentials.prepare();
    expect(credentials.current()).toMatchObject({
      accessKeyId: 'key 2',
      expiresAt: world.now + 60 * MINUTE,
    });
  });

  test('are used on while they last when they cannot be renewed; that is warned of, and tried again in a minute', async () => {
    const { world, credentials } = setup();
    await credentials.prepare();
    world.pass(20);
    world.failure = new PortUnavailable('STS is away');

    await credentials.prepare();
    await credentials.prepare();
    expect(world).toMatchObject({ asked: 2, warnings: 1 });
    expect(credentials.current().accessKeyId).toBe('key 1');

    world.pass(1);
    world.failure = undefined;
    await credentials.prepare();
    expect(credentials.current().accessKeyId).toBe('key 3');
  });

  test('that ended are missed by whoever needs them, each time until they are there again', async () => {
    const { world, credentials } = setup();
    await credentials.prepare();
    world.pass(60);
    world.failure = new PortUnavailable('STS is away');

    await expect(credentials.prepare()).rejects.toThrow('STS is away');
    await expect(credentials.prepare()).rejects.toThrow('STS is away');
    expect(() => credentials.current()).toThrow(PortUnavailable);

    world.failure = undefined;
    await credentials.prepare();
    expect(credentials.current().accessKeyId).toBe('key 4');
  });

  test('that were never prepared are missed', () => {
    expect(() => setup().credentials.current()).toThrow(PortUnavailable);
  });
});
