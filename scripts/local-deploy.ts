import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { deployLocally, destroyLocally } from './local-stack.ts';

/**
 * What `cdk deploy` and `cdk destroy` are on AWS, on the emulator at AWS_ENDPOINT_URL: deploys Sluice and says where it
 * is, or with `--destroy` removes it. `-c` and `--outputs-file` as there.
 */
const { values } = parseArgs({
  options: {
    context: { type: 'string', short: 'c', multiple: true, default: [] },
    'outputs-file': { type: 'string' },
    destroy: { type: 'boolean', default: false },
  },
});
const settings = Object.fromEntries(
  values.context.map(setting => {
    const at = setting.indexOf('=');
    return [setting.slice(0, at), setting.slice(at + 1)];
  }),
);
const { stack = 'sluice' } = settings;
if (values.destroy) await destroyLocally({ stack, settings });
else {
  const outputs = await deployLocally({ stack, settings });
  const { Url, Bucket, apiFunction } = outputs;
  const file = values['outputs-file'];
  if (file !== undefined) await writeFile(file, JSON.stringify({ [stack]: outputs }));
  console.log(`Sluice is at ${Url}\nits bucket is ${Bucket}, its function ${apiFunction}`);
}
