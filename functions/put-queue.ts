import { putQueue } from '../lib/dispatch/tasks/queues.ts';
import { verb } from './middleware/verb.ts';

export default verb('putQueue', putQueue);
