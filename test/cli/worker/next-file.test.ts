import { describe, expect, it } from 'vitest';
import { nextFile } from '../../../lib/cli/worker/next-file.ts';
import type { RouteInput } from '../../../lib/contract/routes.ts';
import type { ReserveReply } from '../../../lib/contract/work.ts';

type Asked = Pick<RouteInput<'reserve'>, 'waitSeconds' | 'secondsLeft'>;

/** A server that has nothing for so many calls, each as long as it is asked to wait, or 10 s. */
function serverWithout(calls: number) {
  const asked: Asked[] = [];
  const world = { time: 0, now: () => world.time, signal: new AbortController().signal };
  const client = {
    async reserve({ waitSeconds = 0, secondsLeft }: RouteInput<'reserve'>): Promise<ReserveReply> {
      asked.push({ waitSeconds, secondsLeft });
      world.time += waitSeconds * 1000;
      if (asked.length > calls) return { status: 'done', state: 'done' };
      return { status: 'wait', retryAfterSeconds: 0 };
    },
  };
  return { asked, world, client };
}

const REQUEST = { project: 1, worker: 'w' };

describe('waiting for a file', () => {
  it('asks again and again, each time as long as the server lets it, until the time is over', async () => {
    const { asked, world, client } = serverWithout(99);
    const reply = await nextFile(world, client, REQUEST, { waitSeconds: 70, secondsLeft: undefined });
    expect(reply.status).toBe('wait');
    expect(asked.map(({ waitSeconds }) => waitSeconds)).toEqual([30, 30, 10]);
    expect(asked.every(({ secondsLeft }) => secondsLeft === undefined)).toBe(true);
  });

  it('asks once where there is nothing to wait for', async () => {
    const { asked, world, client } = serverWithout(99);
    await nextFile(world, client, REQUEST, { waitSeconds: 0, secondsLeft: undefined });
    expect(asked).toEqual([{ waitSeconds: 0, secondsLeft: undefined }]);
  });

  it('goes on for ever where it is told to', async () => {
    const { asked, world, client } = serverWithout(500);
    const forever = { waitSeconds: Number.POSITIVE_INFINITY, secondsLeft: undefined };
    expect(await nextFile(world, client, REQUEST, forever)).toEqual({ status: 'done', state: 'done' });
    expect(asked).toHaveLength(501);
  });

  it("counts the worker's own time down, and ends with it", async () => {
    const { asked, world, client } = serverWithout(99);
    const reply = await nextFile(world, client, REQUEST, {
      waitSeconds: Number.POSITIVE_INFINITY,
      secondsLeft: 45,
    });
    expect(reply.status).toBe('wait');
    expect(asked).toEqual([
      { waitSeconds: 30, secondsLeft: 45 },
      { waitSeconds: 15, secondsLeft: 15 },
    ]);
  });

  it('pauses as the server says where that does not wait itself', async () => {
    const world = { now: () => performance.now(), signal: new AbortController().signal };
    const asked: number[] = [];
    const client = {
      async reserve(): Promise<ReserveReply> {
        asked.push(performance.now());
        return { status: 'wait', retryAfterSeconds: 0.05 };
      },
    };
    const reply = await nextFile(world, client, REQUEST, { waitSeconds: 0.12, secondsLeft: undefined });
    expect(reply.status).toBe('wait');
    const [first = 0, second = 0, third = 0, ...rest] = asked;
    // A timer may be a millisecond early, and any amount late.
    expect(second - first).toBeGreaterThan(48);
    if (rest.length > 0) expect(third - second).toBeGreaterThan(48);
    expect((asked.at(-1) ?? 0) - first).toBeGreaterThan(118);
  });
});
