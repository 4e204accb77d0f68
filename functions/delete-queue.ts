import { deleteQueue } from '../lib/dispatch/tasks/delete-queue.ts';
import { verb } from './middleware/verb.ts';

export default verb('deleteQueue', deleteQueue);
