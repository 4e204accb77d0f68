/** Every limit of the API, in one place: each has a number here and a clear refusal where it is passed. */
export const LIMITS = {
  /** Largest JSON request body, in bytes (Lambda takes 6 MB). */
  bodyBytes: 4 * 1024 * 1024,
  /** Largest upload of a manifest or an output, in bytes (as S3 takes in one PUT). */
  uploadBytes: 5 * 1024 ** 3,
  /** Files given inline when a project is created; more come as a manifest. */
  inlineFiles: 10_000,
  /** Files of one project. */
  projectFiles: 10_000_000,
  /** Files reserved by one call. */
  reserveCount: 256,
  /** Reports (done, failed, released) in one call. */
  reports: 1024,
  /** Longest long poll, in seconds. */
  waitSeconds: 30,
  /** JSON size of a file's or a project's attributes, in characters. */
  attributesLength: 8192,
  /** How deep attributes may be nested. */
  attributesDepth: 32,
  /** Replicas of one file. */
  replicas: 32,
  /** Length of a URL. */
  urlLength: 2048,
  /** Lanes of one project. */
  lanes: 32,
  /** Length of a worker id, a user, a role, a site or a lane. */
  wordLength: 64,
  /** Length of a token. */
  tokenLength: 64,
  /** Length of a title. */
  titleLength: 256,
  /** Length of the reason kept with a failed report. */
  reasonLength: 1024,
  /** Users or roles of a project. */
  members: 256,
  /** DIDs in one restart request. */
  restartDids: 1024,
  /** Longest lease and idle time, in seconds: one year. */
  seconds: 365 * 86_400,
  /** Most attempts a file can be given. */
  attempts: 1000,
  /** Files or projects on one page of a listing. */
  page: 1000,
  /** Sites in the proximity table. */
  sites: 1000,
  /** Queues of tasks, and configurations by name. */
  queues: 1000,
  /** Task names bound to one queue. */
  bindings: 256,
  /** Webhooks, and other addresses for which events wait. */
  destinations: 100,
  /** Tasks queued again by one redrive. */
  redrive: 256,
  /** Length of a queue's name. */
  queueLength: 48,
  /** Tasks submitted by one call. */
  submitTasks: 256,
  /** Tasks reserved by one call. */
  reserveTasks: 64,
  /** JSON size of a task's arguments, checkpoint or result, or of a configuration, in bytes. */
  jsonBytes: 64 * 1024,
  /** JSON size of one event of a task, in bytes. */
  eventBytes: 16 * 1024,
  /** Events that a task's history holds. */
  history: 1000,
  /** JSON size of all that is kept of a task, in bytes. */
  taskBytes: 256 * 1024,
  /** Most attempts a task can be given. */
  taskAttempts: 100,
  /** Inputs or outputs of a task. */
  taskFiles: 32,
  /** Length of a deduplication key, a correlation id, or what a worker says it is doing. */
  textLength: 256,
  /** Length of an error's message, and of its stack, in characters. */
  errorLength: 4096,
  stackLength: 16_384,
  /** Lines appended to a task's log by one call, and those of one page of it, in bytes. */
  logPageBytes: 512 * 1024,
  /** What is kept of the log of one attempt of a task, in bytes. */
  logBytes: 128 * 1024 * 1024,
  /** The newest part of a log, as the task's document has it, in bytes. */
  logTailBytes: 4096,
  /** Longest time in which a task with the key of another one is the same, in seconds: 30 days. */
  dedupSeconds: 30 * 86_400,
  /** Most tasks of a queue that can be limited to run at once. */
  concurrency: 1000,
} as const;
