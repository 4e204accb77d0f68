import { setReplica } from '../lib/dispatch/set-replica.ts';
import { verb } from './middleware/verb.ts';

export default verb('setReplica', setReplica);
