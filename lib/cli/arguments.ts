/** Arguments that many commands have. */

export const TASK = { type: 'string', description: 'the id of the task, such as juicer-1043' } as const;

export const TASKS = { ...TASK, variadic: true, description: 'the ids of tasks' } as const;

export const QUEUE = { type: 'string', description: 'the name of the queue' } as const;

export const REPLIES = { type: 'string', description: 'the name of the reply queue' } as const;

export const WEBHOOK = { type: 'string', description: 'the name of the webhook' } as const;

export const PROJECT = { type: 'integer', min: 1, description: 'the number of the project' } as const;

export const DID = { type: 'string', description: 'the name of the file' } as const;
