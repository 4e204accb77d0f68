import { taskFiles } from '../lib/dispatch/tasks/task-files.ts';
import { verb } from './middleware/verb.ts';

export default verb('taskFiles', taskFiles);
