import { showProject } from '../lib/dispatch/show-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('showProject', showProject);
