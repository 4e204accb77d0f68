import { openApiDocument } from '../lib/contract/openapi.ts';
import { verb } from './middleware/verb.ts';

/** Made once: it is asked for without a token, and takes a while. */
let document: ReturnType<typeof openApiDocument> | undefined;

export default verb('openapi', async ({ version }) => {
  document ??= openApiDocument(version);
  return document;
});
