import failed from '../failed.ts';
import { awsContext } from '../wiring.ts';
import { accessFromEnvironment } from './access.ts';
import { verbFunction } from './verb-function.ts';

export const handler = verbFunction([failed], awsContext, accessFromEnvironment);
