import { activateProject } from '../lib/dispatch/activate-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('activateProject', activateProject);
