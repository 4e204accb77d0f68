export type { TaskContext } from '../worker/tasks/context.ts';
export {
  PermanentError,
  type TaskFunction,
  TaskHandler,
  type TaskHandlerClass,
  type TaskOf,
  type TaskRunner,
} from '../worker/tasks/handlers.ts';
export { type AnyRunner, type ArgsSchema, withArgs } from '../worker/tasks/schema.ts';
export { type SluiceFunctionOptions, sluiceFunction, type TicketHandler } from './sluice-function.ts';
