import { listQueues } from '../lib/dispatch/tasks/queues.ts';
import { verb } from './middleware/verb.ts';

export default verb('listQueues', listQueues);
