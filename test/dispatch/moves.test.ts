import { describe, expect, test } from 'vitest';
import { someFiles, startProcess, tokensOf } from './support.ts';

/** A project of two files, and what its owner does with it: each request has its own id. */
async function setup() {
  const process = startProcess();
  const id = await process.create({ files: someFiles(2) });
  const state = async () => (await process.show(id)).state;
  const work = async () => {
    const done = tokensOf(await process.reserve(id, { worker: 'w', count: 2 }));
    await process.done(id, { done });
  };
  return { process, id, state, work };
}

describe('a late copy of what moved a project', () => {
  test('that was cancelled and made active again does not cancel it', async () => {
    const { process, id, state } = await setup();
    await process.cancel(id, { requestId: 'c1' });
    await process.activate(id, { requestId: 'a1' });
    expect((await process.cancel(id, { requestId: 'c1' })).state).toBe('active');
    expect(await state()).toBe('active');
    expect((await process.cancel(id, { requestId: 'c2' })).state).toBe('cancelled');
  });

  test('that was made active and cancelled again does not make it active', async () => {
    const { process, id, state } = await setup();
    await process.cancel(id, { requestId: 'c1' });
    await process.activate(id, { requestId: 'a1' });
    await process.cancel(id, { requestId: 'c2' });
    expect((await process.activate(id, { requestId: 'a1' })).state).toBe('cancelled');
    expect(await state()).toBe('cancelled');
  });

  test('that was restarted and has ended again does not restart it', async () => {
    const { process, id, state, work } = await setup();
    await work();
    expect(await process.restart(id, { states: ['done'], requestId: 'r1' })).toMatchObject({ reopened: 2 });
    await work();
    expect(await state()).toBe('done');
    expect(await process.restart(id, { states: ['done'], requestId: 'r1' })).toMatchObject({
      project: { state: 'done' },
      reopened: 0,
    });
    expect(await process.restart(id, { states: ['done'], requestId: 'r2' })).toMatchObject({ reopened: 2 });
  });

  test('finishes a restart that was cut off', async () => {
    const { process, id, work } = await setup();
    await work();
    const request = { states: ['done' as const], requestId: 'r1' };
    const copies = await Promise.all([process.restart(id, request), process.restart(id, request)]);
    expect(copies.map(({ project }) => project.state)).toEqual(['active', 'active']);
    expect((await process.show(id)).counts).toMatchObject({ ready: 2 });
  });

  test('is known by its id, however long, until eight others have moved the project', async () => {
    const { process, id, state } = await setup();
    const first = { requestId: crypto.randomUUID() };
    await process.cancel(id, first);
    for (let n = 0; n < 3; n += 1) {
      await process.activate(id, { requestId: `a${n}` });
      await process.cancel(id, { requestId: `c${n}` });
    }
    await process.activate(id, { requestId: 'last' });
    await process.cancel(id, first);
    expect(await state()).toBe('active');
    await process.cancel(id, { requestId: 'ninth' });
    await process.activate(id);
    await process.cancel(id, first);
    expect(await state()).toBe('cancelled');
  });

  test('cannot be told from a new one when it has no id', async () => {
    const { process, id, state } = await setup();
    await process.cancel(id);
    await process.activate(id);
    await process.cancel(id);
    expect(await state()).toBe('cancelled');
  });
});
