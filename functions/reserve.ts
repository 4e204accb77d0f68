import { reserve } from '../lib/dispatch/reserve.ts';
import { verb } from './middleware/verb.ts';

export default verb('reserve', reserve);
