import { getConfig } from '../lib/dispatch/tasks/configs.ts';
import { verb } from './middleware/verb.ts';

export default verb('getConfig', getConfig);
