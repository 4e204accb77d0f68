import { readOutputs } from '../local-stack.ts';
import { type Home, placesOf } from './home.ts';

/**
 * A stack that stands on AWS, by the outputs of its deployment. Nothing is deployed here: `cdk deploy --outputs-file FILE`
 * did. The credentials of whoever runs this must be allowed to call the function URL and to invoke the functions.
 */
export async function openOnAws(file: string | undefined, stack: string): Promise<Home> {
  if (file === undefined)
    throw new Error(
      'which deployment? `npm run deploy -- --outputs-file outputs.json`, then `npm run e2e -- --target aws --outputs outputs.json`, with AWS credentials',
    );
  return {
    ...placesOf(await readOutputs(file, stack)),
    also: ['functions', 'signatures'],
    environment: {},
    close: async () => {},
  };
}
