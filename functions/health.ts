import { health } from '../lib/dispatch/health.ts';
import { verb } from './middleware/verb.ts';

export default verb('health', health);
