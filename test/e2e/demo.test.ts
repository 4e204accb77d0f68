import { expect, test } from 'vitest';
import { Processes, resultOf, SLUICE } from '../support/processes.ts';

test('the demo ends with every file done and verified, though a worker and the server are killed', async () => {
  await using processes = new Processes();
  const demo = await resultOf(processes.start([SLUICE, 'demo', '--files', '300']));
  expect(demo.stderr).toContain('worker-1 was killed with -9');
  expect(demo.stderr).toContain('the server was killed with -9');
  expect(demo.stdout).toContain('project 1 is done: 300 done, 0 failed');
  expect(demo.stdout).toContain('300 of 300 checksums verified');
  expect(demo.code).toBe(0);
}, 120_000);
