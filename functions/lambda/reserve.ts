import reserve from '../reserve.ts';
import { awsContext } from '../wiring.ts';
import { accessFromEnvironment } from './access.ts';
import { verbFunction } from './verb-function.ts';

export const handler = verbFunction([reserve], awsContext, accessFromEnvironment);
