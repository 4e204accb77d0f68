import { retryTask } from '../lib/dispatch/tasks/retry-task.ts';
import { verb } from './middleware/verb.ts';

export default verb('retryTask', retryTask);
