import { join } from 'node:path';
import { createClient } from '../../client/index.ts';
import type { Context } from '../frame/context.ts';
import { type Children, freePort } from './children.ts';
import type { Stage } from './stage.ts';
import { untilThere } from './until-there.ts';

/** A server of its own on this machine, which shares the files' folder; it is killed on the way. */
export async function localStage(context: Context, children: Children, folder: string): Promise<Stage> {
  const port = String(await freePort());
  const data = join(folder, 'data');
  const serve = () =>
    children.sluice('serve', '--dir', join(folder, 'sluice'), '--share', data, '--port', port);
  const client = createClient({ server: `http://127.0.0.1:${port}` });
  context.stderr.write(`$ sluice serve --share ${data} --port ${port}\n`);
  let server = serve();
  await untilThere(client, context.signal);
  return {
    client,
    leaseSeconds: 5,
    publish: async () => ['--dir', data],
    async goWrong(_, say) {
      await children.crash(server);
      say('  the server was killed with -9 and is started again');
      server = serve();
    },
    close: async () => {},
  };
}
