import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleInto, entryOf, type FunctionName } from '../../infra/bundle.ts';

/** Every byte is read and parsed at each cold start. */
const BUDGET_BYTES = 830_000;
/** It answers every verb, of projects and of tasks. */
const API_BUDGET_BYTES = 900_000;
const NAMES: readonly FunctionName[] = [
  'api',
  'reserve',
  'advance',
  'done',
  'failed',
  'heartbeat',
  'job',
  'sweep',
  'removal',
  'declare',
];
/** Of a function of somebody's: all that Sluice brings into it. */
const WORKER_BUDGET_BYTES = 480_000;
const WORKER = fileURLToPath(new URL('../acceptance/worker-handlers.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function handlerOf(name: string): Promise<unknown> {
  const { handler } = await import(pathToFileURL(join(folder, name, 'index.mjs')).href);
  return handler;
}

describe.each(NAMES)('the bundle of %s', name => {
  test('keeps its budget, and has all it needs in it', async () => {
    const budget = name === 'api' ? API_BUDGET_BYTES : BUDGET_BYTES;
    expect(bundleInto(entryOf(name), join(folder, name))).toBeLessThan(budget);
    expect(await handlerOf(name)).toBeTypeOf('function');
  });
});

test('the bundle of a function that runs tasks is small, and has all it needs in it', async () => {
  expect(bundleInto(WORKER, join(folder, 'worker'))).toBeLessThan(WORKER_BUDGET_BYTES);
  expect(await handlerOf('worker')).toBeTypeOf('function');
});
