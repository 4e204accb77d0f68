import { ackReplies } from '../lib/dispatch/events/reply-queues.ts';
import { verb } from './middleware/verb.ts';

export default verb('ackReplies', ackReplies);
