import { putSites } from '../lib/dispatch/sites.ts';
import { verb } from './middleware/verb.ts';

export default verb('putSites', putSites);
