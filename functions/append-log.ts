import { appendLog } from '../lib/dispatch/tasks/append-log.ts';
import { verb } from './middleware/verb.ts';

export default verb('appendLog', appendLog);
