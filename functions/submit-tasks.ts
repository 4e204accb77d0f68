import { submitTasks } from '../lib/dispatch/tasks/submit-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('submitTasks', submitTasks);
