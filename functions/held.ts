import { held } from '../lib/dispatch/held.ts';
import { verb } from './middleware/verb.ts';

export default verb('held', held);
