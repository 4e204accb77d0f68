import { listWorkers } from '../lib/dispatch/workers/list-workers.ts';
import { verb } from './middleware/verb.ts';

export default verb('listWorkers', listWorkers);
