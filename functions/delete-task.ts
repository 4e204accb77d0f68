import { deleteTask } from '../lib/dispatch/tasks/delete-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('deleteTask', deleteTask);
