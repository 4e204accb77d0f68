import { verbs } from '../verbs.ts';
import { awsContext } from '../wiring.ts';
import { accessFromEnvironment } from './access.ts';
import { verbFunction } from './verb-function.ts';

export const handler = verbFunction(verbs, awsContext, accessFromEnvironment);
