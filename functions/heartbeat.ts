import { heartbeat } from '../lib/dispatch/heartbeat.ts';
import { verb } from './middleware/verb.ts';

export default verb('heartbeat', heartbeat);
