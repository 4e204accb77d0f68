import { NamedConfig, type ShownConfig } from '../../contract/queues.ts';
import type { RouteRequest } from '../../contract/routes.ts';
import { untilWritten } from '../conflicts.ts';
import type { Call, Context } from '../context.ts';
import type { Key } from '../ports.ts';
import { ProblemError } from '../problem.ts';
import { refuseUnlessAdmin } from './task-access.ts';

/** What workers are told under a name. */
export async function getConfig(
  context: Context,
  _call: Call,
  { config }: RouteRequest<'getConfig'>,
): Promise<ShownConfig> {
  const item = await context.store.get(keyOf(config));
  if (!item) throw new ProblemError('config_unknown', `there is no configuration ${config}`);
  return { name: config, ...NamedConfig.parse(item.value) };
}

/** Replaces what workers are told under a name; for admins. */
export async function putConfig(
  context: Context,
  call: Call,
  { config, value }: RouteRequest<'putConfig'>,
): Promise<ShownConfig> {
  refuseUnlessAdmin(call, 'change a configuration');
  return setConfig(context, config, value);
}

export async function setConfig(
  context: Context,
  name: string,
  value: ShownConfig['value'],
): Promise<ShownConfig> {
  await untilWritten(context, `configuration ${name}`, async () => {
    const item = await context.store.get(keyOf(name));
    return (await context.store.put(keyOf(name), { value }, item?.version ?? 0))
      ? { written: true }
      : undefined;
  });
  return { name, value };
}

function keyOf(name: string): Key {
  return { partition: 'configs', sort: name };
}
