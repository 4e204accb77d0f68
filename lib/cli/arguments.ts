/** Arguments that many commands have. */

export const PROJECT = { type: 'integer', min: 1, description: 'the number of the project' } as const;

export const DID = { type: 'string', description: 'the name of the file' } as const;
