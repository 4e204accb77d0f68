import { listProjects } from '../lib/dispatch/list-projects.ts';
import { verb } from './middleware/verb.ts';

export default verb('listProjects', listProjects);
