import { taskOutputs } from '../lib/dispatch/tasks/task-files.ts';
import { verb } from './middleware/verb.ts';

export default verb('taskOutputs', taskOutputs);
