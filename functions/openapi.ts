import { openApiDocument } from '../lib/contract/openapi.ts';
import { verb } from './middleware/verb.ts';

export default verb('openapi', async ({ version }) => openApiDocument(version));
