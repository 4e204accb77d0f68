import { readLog } from '../lib/dispatch/tasks/read-log.ts';
import { verb } from './middleware/verb.ts';

export default verb('readLog', readLog);
