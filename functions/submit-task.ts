import { submitTask } from '../lib/dispatch/tasks/submit-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('submitTask', submitTask);
