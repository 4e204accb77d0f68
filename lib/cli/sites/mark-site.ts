import { clientFor } from '../client.ts';
import type { Context } from '../frame/context.ts';
import { printJson } from '../print.ts';

/** Marks a location as up or down in the table of sites. */
export async function markSite(context: Context, name: string, is: 'up' | 'down'): Promise<void> {
  const { stdout, json, signal } = context;
  const client = clientFor(context);
  const sites = await client.getSites({}, { signal });
  const others = sites.unavailable.filter(other => other !== name);
  const unavailable = is === 'down' ? [...others, name] : others;
  const marked = await client.putSites({ ...sites, unavailable }, { signal });
  if (json) printJson(stdout, marked);
  else stdout.write(`${name} is ${is}\n`);
}
