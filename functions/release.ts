import { release } from '../lib/dispatch/report.ts';
import { verb } from './middleware/verb.ts';

export default verb('release', release);
