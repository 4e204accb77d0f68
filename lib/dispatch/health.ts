import type { RouteReply } from '../contract/routes.ts';
import type { Context } from './context.ts';

export async function health({ layout, version }: Context): Promise<RouteReply<'health'>> {
  return { name: 'sluice', version, home: layout.name };
}
