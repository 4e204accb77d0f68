import { restartProject } from '../lib/dispatch/restart-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('restartProject', restartProject);
