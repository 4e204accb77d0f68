import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleInto, type FunctionName } from '../../infra/bundle.ts';

/** Every byte is read and parsed at each cold start. */
const BUDGET_BYTES = 800_000;
/** It answers every verb, of projects and of tasks. */
const API_BUDGET_BYTES = 850_000;
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
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(NAMES)('the bundle of %s', name => {
  test('keeps its budget, and has all it needs in it', async () => {
    const budget = name === 'api' ? API_BUDGET_BYTES : BUDGET_BYTES;
    expect(bundleInto(name, join(folder, name))).toBeLessThan(budget);

    const { handler } = await import(pathToFileURL(join(folder, name, 'index.mjs')).href);
    expect(handler).toBeTypeOf('function');
  });
});
