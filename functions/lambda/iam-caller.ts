import { User } from '../../lib/contract/words.ts';
import { ProblemError } from '../../lib/dispatch/problem.ts';
import type { Caller } from '../../lib/domain/project.ts';

/** Roles of people who sign in through IAM Identity Center: their session is named after the person. */
const PEOPLE = 'AWSReservedSSO_';

/**
 * Who calls, from the ARN that IAM vouches for:
 *
 * | ARN | user | roles |
 * |---|---|---|
 * | `…:user/team/ann` | `ann` | |
 * | `…:assumed-role/pilots/i-0123` | `pilots` | `pilots` |
 * | `…:assumed-role/AWSReservedSSO_Physics_1a2b/ann@lab.org` | `ann@lab.org` | `AWSReservedSSO_Physics_1a2b` |
 *
 * Whoever assumes a role names the session as they like, so that name says nothing of who they are, except where
 * Identity Center gave it.
 */
export function iamCaller(arn: string, admins: ReadonlySet<string>): Caller {
  const [kind = '', ...path] = (arn.split(':')[5] ?? '').split('/');
  const isRole = kind === 'assumed-role';
  const role = isRole ? path[0] : undefined;
  const name = isRole && !role?.startsWith(PEOPLE) ? role : (path.at(-1) ?? kind);
  const user = User.safeParse(name);
  if (!user.success)
    throw new ProblemError('forbidden', `${arn}: the name "${name}" cannot be used for a user of Sluice`);
  return { user: user.data, roles: role ? [role] : [], admin: admins.has(user.data) };
}
