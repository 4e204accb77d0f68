import { redriveQueue } from '../lib/dispatch/tasks/redrive-queue.ts';
import { verb } from './middleware/verb.ts';

export default verb('redriveQueue', redriveQueue);
