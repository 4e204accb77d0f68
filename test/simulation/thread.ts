import { parentPort } from 'node:worker_threads';
import { runRange } from './range.ts';

// A thread of `simulate`: runs one range of seeds after the other, and answers what it counted.
parentPort?.on('message', async range => parentPort?.postMessage(await runRange(range)));
