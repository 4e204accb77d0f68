import type { Configuration } from '../../contract/queues.ts';
import type { Context } from '../context.ts';
import { setConfig } from './configs.ts';
import { setQueue } from './queues.ts';

/** Makes what a configuration file declares so; what it does not speak of stays as it is. */
export async function declare(context: Context, { queues, bindings, configs }: Configuration): Promise<void> {
  for (const [name, settings] of Object.entries(queues)) {
    const bound = Object.keys(bindings).filter(task => bindings[task] === name);
    await setQueue(context, name, {
      ...settings,
      bindings: [...new Set([...settings.bindings, ...bound])],
    });
  }
  for (const [name, value] of Object.entries(configs)) await setConfig(context, name, value);
}
