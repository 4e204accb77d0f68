import { createProject } from '../lib/dispatch/create-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('createProject', createProject);
