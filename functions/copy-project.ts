import { copyProject } from '../lib/dispatch/copy-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('copyProject', copyProject);
