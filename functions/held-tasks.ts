import { heldTasks } from '../lib/dispatch/tasks/held-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('heldTasks', heldTasks);
