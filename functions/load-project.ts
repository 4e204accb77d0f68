import { loadProject } from '../lib/dispatch/load-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('loadProject', loadProject);
