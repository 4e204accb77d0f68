import { showTask } from '../lib/dispatch/tasks/show-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('showTask', showTask);
