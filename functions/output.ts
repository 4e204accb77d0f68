import { output } from '../lib/dispatch/output.ts';
import { verb } from './middleware/verb.ts';

export default verb('output', output);
