import { deleteProject } from '../lib/dispatch/delete-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('deleteProject', deleteProject);
