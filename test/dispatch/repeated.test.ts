import { describe, expect, test } from 'vitest';
import { MemoryWorld } from '../support/memory/world.ts';
import { type Process, someFiles, startProcess, tokensOf } from './support.ts';

const asked = { worker: 'w', requestId: 'r1', count: 3 };

/** Two processes of one world, a project of four blocks, and what the first process gave a request. */
async function givenByOther(files = 8) {
  const world = new MemoryWorld({ layout: { ways: 4 } });
  const other = startProcess({ world });
  const id = await other.create({ files: someFiles(files), leaseSeconds: null });
  const first = tokensOf(await other.reserve(id, asked));
  return { id, first, process: startProcess({ world }) };
}

const listsOf = ({ home }: Process) => home.calls.filter(name => name === 'store.list').length;

describe('a request for files that is repeated to another process', () => {
  test('is given what it was given the first time, when its sender says so', async () => {
    const { id, first, process } = await givenByOther();
    expect(first).toHaveLength(3);
    expect(tokensOf(await process.reserve(id, { ...asked, repeated: true })).sort()).toEqual(first.sort());
  });

  test('is given the same beside its reports, also when the block it reports has files again', async () => {
    const other = startProcess({ world: new MemoryWorld({ layout: { ways: 4 } }) });
    const id = await other.create({ files: someFiles(8), retryBackoffSeconds: 0 });
    const done = tokensOf(await other.reserve(id, { worker: 'w' }));
    const beside = tokensOf(await other.reserve(id, { worker: 'v' }));
    const asked = { worker: 'w', requestId: 'r1', done, reserve: { count: 2 } };
    const { next: first } = await other.advance(id, asked);
    await other.release(id, { released: beside });
    const process = startProcess({ world: other.world });
    const { results, next } = await process.advance(id, { ...asked, repeated: true });
    expect(results).toEqual([expect.objectContaining({ accepted: true })]);
    expect(next).toEqual(first);
  });

  test('is looked for only then', async () => {
    const { id, first, process } = await givenByOther(asked.count * 4);
    const lists = listsOf(process);
    const next = tokensOf(await process.reserve(id, asked));
    expect(next.some(token => first.includes(token))).toBe(false);
    expect(listsOf(process)).toBe(lists);
  });

  test('is given others when nothing is found, and the same again the next time', async () => {
    const { id, process } = await givenByOther();
    const fresh = { ...asked, requestId: 'r2', repeated: true };
    const given = tokensOf(await process.reserve(id, fresh));
    expect(given).toHaveLength(3);
    const lists = listsOf(process);
    expect(tokensOf(await process.reserve(id, fresh))).toEqual(given);
    expect(listsOf(process)).toBe(lists);
  });

  test('is not looked for in a project of more than 4,096 blocks, for all workers may repeat at once', async () => {
    const world = new MemoryWorld({ layout: { ways: 4_097 } });
    const other = startProcess({ world });
    const id = await other.create({ files: someFiles(4_097) });
    const first = tokensOf(await other.reserve(id, asked));
    const process = startProcess({ world });
    const next = tokensOf(await process.reserve(id, { ...asked, repeated: true }));
    expect(next.some(token => first.includes(token))).toBe(false);
  });
});
