import { reserveByTicket } from '../lib/dispatch/tasks/reserve-by-ticket.ts';
import { verb } from './middleware/verb.ts';

export default verb('reserveByTicket', reserveByTicket);
