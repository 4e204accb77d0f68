import { updateTask } from '../lib/dispatch/tasks/update-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('updateTask', updateTask);
