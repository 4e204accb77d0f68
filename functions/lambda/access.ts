import { ENVIRONMENT } from '../environment.ts';
import type { Access } from './verb-function.ts';

/** Who manages every project, and who calls where nobody says: as the deployment says. */
export function accessFromEnvironment(): Access {
  const { [ENVIRONMENT.admins]: admins = '', [ENVIRONMENT.unnamedCaller]: unnamed } = process.env;
  return { admins: new Set(admins.split(',').filter(Boolean)), unnamed };
}
