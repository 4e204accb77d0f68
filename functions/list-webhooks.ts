import { listWebhooks } from '../lib/dispatch/events/webhooks.ts';
import { verb } from './middleware/verb.ts';

export default verb('listWebhooks', listWebhooks);
