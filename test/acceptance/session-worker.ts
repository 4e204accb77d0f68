import { connect } from '../../lib/connect/connect.ts';
import { runTaskWorker } from '../../lib/worker/index.ts';
import { defaultHandler, handlers } from './session-handlers.ts';

/** A worker of sessions that can be killed. Arguments: server, queue, worker. */
const [, , server = '', queue = '', worker = ''] = process.argv;
await runTaskWorker({
  client: connect({ server }),
  ...{ worker, queues: [queue], handlers, defaultHandler, concurrency: 8, waitSeconds: 1 },
});
