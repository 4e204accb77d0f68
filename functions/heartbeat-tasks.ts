import { heartbeatTasks } from '../lib/dispatch/tasks/heartbeat-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('heartbeatTasks', heartbeatTasks);
