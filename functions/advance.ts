import { advance } from '../lib/dispatch/advance.ts';
import { verb } from './middleware/verb.ts';

export default verb('advance', advance);
