import { showFile } from '../lib/dispatch/show-file.ts';
import { verb } from './middleware/verb.ts';

export default verb('showFile', showFile);
