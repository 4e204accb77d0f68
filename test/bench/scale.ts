import { parseArgs } from 'node:util';
import { awsClients, connect } from '../../functions/wiring.ts';
import { newPlace } from '../cost/place.ts';
import { wholeProject } from './scale/whole-project.ts';

/**
 * A whole large project on an emulator of AWS, through the use-cases and adapters themselves: `AWS_ENDPOINT_URL`, or
 * http://127.0.0.1:4566.
 *
 *     npm run scale -- --files 1000000
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '8' },
  },
});
const place = await newPlace();
try {
  const project = { files: Number(values.files), workers: Number(values.workers) };
  const home = connect(place.environment, awsClients(place.environment));
  console.log(project, await wholeProject(home, project));
} finally {
  await place.remove();
}
