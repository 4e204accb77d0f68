import { cancelProject } from '../lib/dispatch/cancel-project.ts';
import { verb } from './middleware/verb.ts';

export default verb('cancelProject', cancelProject);
