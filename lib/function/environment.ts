/** The environment variables of a function that runs tasks, which its deployment sets. */
export const FUNCTION_ENVIRONMENT = {
  /** Address of the server, as `connect` takes it. */
  server: 'SLUICE_SERVER',
  /** The queue whose tickets it is given. */
  queue: 'SLUICE_QUEUE',
} as const;
