import { cancelTask } from '../lib/dispatch/tasks/cancel-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('cancelTask', cancelTask);
