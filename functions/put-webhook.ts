import { putWebhook } from '../lib/dispatch/events/webhooks.ts';
import { verb } from './middleware/verb.ts';

export default verb('putWebhook', putWebhook);
