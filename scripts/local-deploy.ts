import { deployLocally } from './local-stack.ts';

/** Deploys Sluice to the emulator at AWS_ENDPOINT_URL, and says where it is. */
const { Url, Bucket, apiFunction } = await deployLocally('sluice');
console.log(`Sluice is at ${Url}\nits bucket is ${Bucket}, its function ${apiFunction}`);
