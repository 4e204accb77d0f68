import { parentPort, workerData } from 'node:worker_threads';
import { runRange } from './range.ts';

// A thread of `simulate`: runs its share of the seeds and answers what it counted.
parentPort?.postMessage(await runRange(workerData));
