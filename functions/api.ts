import type { Context } from '../lib/dispatch/context.ts';
import type { Handler } from './middleware/verb.ts';
import { routerOf } from './router.ts';
import { verbs } from './verbs.ts';

/** The whole API as one function. */
export function apiHandler(context: Context): Handler {
  return routerOf(context, verbs);
}
