export { Sluice, type SluiceProps } from './sluice.ts';
export { TaskWorker, type TaskWorkerProps } from './task-worker.ts';
