import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('where cfn-lint is not installed, linting fails in one sentence that says how to install it', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/lint-cfn.ts'], {
    env: { PATH: '' },
    encoding: 'utf8',
  });

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'cfn-lint is not installed: pip install cfn-lint\n',
  });
});
