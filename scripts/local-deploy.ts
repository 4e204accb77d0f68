import { parseArgs } from 'node:util';
import { deployLocally } from './local-stack.ts';

/** Deploys Sluice to the emulator at AWS_ENDPOINT_URL, and says where it is. `-c` is for infra/app.ts. */
const { values } = parseArgs({ options: { context: { type: 'string', short: 'c', multiple: true } } });
const settings = Object.fromEntries(
  (values.context ?? []).map(setting => {
    const at = setting.indexOf('=');
    return [setting.slice(0, at), setting.slice(at + 1)];
  }),
);
const { stack = 'sluice' } = settings;
const { Url, Bucket, apiFunction } = await deployLocally({ stack, settings });
console.log(`Sluice is at ${Url}\nits bucket is ${Bucket}, its function ${apiFunction}`);
