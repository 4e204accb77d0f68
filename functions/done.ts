import { done } from '../lib/dispatch/report.ts';
import { verb } from './middleware/verb.ts';

export default verb('done', done);
