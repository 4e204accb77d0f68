import { listTasks } from '../lib/dispatch/tasks/list-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('listTasks', listTasks);
