import { endTask } from '../lib/dispatch/tasks/end-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('endTask', endTask);
