import { expect, onTestFinished, test, vi } from 'vitest';
import { accessFromEnvironment } from '../../../functions/lambda/access.ts';

test.each([
  ['ann,ops', ['ann', 'ops']],
  ['ann', ['ann']],
  // Were the empty name an admin, so would be a caller without a name.
  ['', []],
])('the admins "%s" are %j', (listed, admins) => {
  vi.stubEnv('SLUICE_ADMINS', listed);
  onTestFinished(() => void vi.unstubAllEnvs());

  expect([...accessFromEnvironment().admins]).toEqual(admins);
});

test('nobody calls where the deployment names no caller for it', () => {
  expect(accessFromEnvironment()).toEqual({ admins: new Set(), unnamed: undefined });
});
