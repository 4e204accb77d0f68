import { uploadManifest } from '../lib/dispatch/upload-manifest.ts';
import { verb } from './middleware/verb.ts';

export default verb('uploadManifest', uploadManifest);
