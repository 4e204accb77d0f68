import { listFiles } from '../lib/dispatch/list-files.ts';
import { verb } from './middleware/verb.ts';

export default verb('listFiles', listFiles);
