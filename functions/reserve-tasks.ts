import { reserveTasks } from '../lib/dispatch/tasks/reserve-tasks.ts';
import { verb } from './middleware/verb.ts';

export default verb('reserveTasks', reserveTasks);
