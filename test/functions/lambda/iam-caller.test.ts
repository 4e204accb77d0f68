import { expect, test } from 'vitest';
import { iamCaller } from '../../../functions/lambda/iam-caller.ts';
import { ProblemError } from '../../../lib/dispatch/problem.ts';

const nobody = new Set<string>();

test.each([
  ['a user', 'arn:aws:iam::123456789012:user/ann', 'ann', []],
  ['a user below a path', 'arn:aws:iam::123456789012:user/lab/ann', 'ann', []],
  ['the root of the account', 'arn:aws:iam::123456789012:root', 'root', []],
  ['a user of another partition', 'arn:aws-cn:iam::123456789012:user/ann', 'ann', []],
])('%s is called by the last part of the ARN', (_, arn, user, roles) => {
  expect(iamCaller(arn, nobody)).toEqual({ user, roles, admin: false });
});

test('whoever assumes a role is called by the role, whatever they name their session', () => {
  const caller = iamCaller('arn:aws:sts::123456789012:assumed-role/pilots/ann', new Set(['ann']));

  expect(caller).toEqual({ user: 'pilots', roles: ['pilots'], admin: false });
});

test('a person of Identity Center is called by their own name, and bears the permission set as a role', () => {
  const role = 'AWSReservedSSO_Physics_1a2b3c';

  expect(iamCaller(`arn:aws:sts::123456789012:assumed-role/${role}/ann@lab.org`, nobody)).toEqual({
    user: 'ann@lab.org',
    roles: [role],
    admin: false,
  });
});

test('admins are those on the list', () => {
  expect(iamCaller('arn:aws:iam::123456789012:user/ann', new Set(['ann'])).admin).toBe(true);
});

test('a name that cannot stand in a project is refused, not changed into another', () => {
  expect(() => iamCaller('arn:aws:iam::123456789012:user/a=b', nobody)).toThrow(ProblemError);
});
