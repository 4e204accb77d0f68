/** The environment variables of the functions on AWS, which the deployment sets. */
export const ENVIRONMENT = {
  /** Name of the table. */
  table: 'SLUICE_TABLE',
  /** Name of the bucket of manifests and outputs. */
  bucket: 'SLUICE_BUCKET',
  /** What the names of all queues begin with. */
  queuePrefix: 'SLUICE_QUEUE_PREFIX',
  /** ARN of the role whose permission URLs bear; functions that make none need none. */
  signerRole: 'SLUICE_SIGNER_ROLE',
  /** Name of the function that runs jobs; without it jobs wait for the sweep. */
  jobFunction: 'SLUICE_JOB_FUNCTION',
  /** ARNs of the queues of SQS that tasks may reply to, separated by commas. */
  replyQueues: 'SLUICE_REPLY_QUEUES',
  /** ARN of the bus of EventBridge that is told of every task and project; without it none is. */
  eventBus: 'SLUICE_EVENT_BUS',
  /** Users who manage every project, separated by commas. */
  admins: 'SLUICE_ADMINS',
  /** Who calls a function URL when nobody says, as on emulators. */
  unnamedCaller: 'SLUICE_UNNAMED_CALLER',
} as const;
