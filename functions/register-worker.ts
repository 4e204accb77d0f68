import { registerWorker } from '../lib/dispatch/workers/register-worker.ts';
import { verb } from './middleware/verb.ts';

export default verb('registerWorker', registerWorker);
