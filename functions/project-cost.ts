import { projectCost } from '../lib/dispatch/project-cost.ts';
import { verb } from './middleware/verb.ts';

export default verb('projectCost', projectCost);
