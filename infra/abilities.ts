import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

/** What functions work on. */
export interface Resources {
  readonly table: ITable;
  readonly bucket: Bucket;
  /** ARN of the lane queues, with `*` for what follows the prefix. */
  readonly queuesArn: string;
  /** ARNs of the objects that may be handed out, `arn:aws:s3:::bucket/prefix*`. */
  readonly replicaArns: readonly string[];
  /** ARNs of the queues that tasks may reply to. */
  readonly replyQueueArns: readonly string[];
  /** ARN of the bus that is told of everything. */
  readonly eventBusArn?: string | undefined;
}

/** What a function may do, each named for its use. */
export type Ability = keyof typeof abilities;

/** The statements of an ability; none when there is nothing to allow. */
export function statementsOf(ability: Ability, resources: Resources): PolicyStatement[] {
  const statement = abilities[ability](resources);
  return statement.resources.length > 0 ? [new PolicyStatement(statement)] : [];
}

interface Statement {
  readonly sid: string;
  readonly actions: string[];
  readonly resources: string[];
}

const abilities = {
  /** Read and change blocks, projects and the rest. */
  keepState: ({ table }): Statement => ({
    sid: 'KeepState',
    actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
    resources: [table.tableArn],
  }),
  removeState: ({ table }): Statement => ({
    sid: 'RemoveState',
    actions: ['dynamodb:BatchWriteItem'],
    resources: [table.tableArn],
  }),
  /** The queue of a lane, or of a priority of tasks, is made when its first ticket is sent. */
  sendTickets: ({ queuesArn }): Statement => ({
    sid: 'SendTickets',
    actions: ['sqs:GetQueueUrl', 'sqs:CreateQueue', 'sqs:SendMessage'],
    resources: [queuesArn],
  }),
  receiveTickets: ({ queuesArn }): Statement => ({
    sid: 'ReceiveTickets',
    actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
    resources: [queuesArn],
  }),
  /** Whether tickets of tasks are lost. */
  countTickets: ({ queuesArn }): Statement => ({
    sid: 'CountTickets',
    actions: ['sqs:GetQueueAttributes'],
    resources: [queuesArn],
  }),
  dropQueues: ({ queuesArn }): Statement => ({
    sid: 'DropQueues',
    actions: ['sqs:GetQueueUrl', 'sqs:DeleteQueue'],
    resources: [queuesArn],
  }),
  /** What befell tasks, to the queues that they may reply to. */
  sendReplies: ({ replyQueueArns }): Statement => ({
    sid: 'SendReplies',
    actions: ['sqs:SendMessage'],
    resources: [...replyQueueArns],
  }),
  /** What befell projects and tasks, to the bus that is told of it. */
  announce: ({ eventBusArn }): Statement => ({
    sid: 'Announce',
    actions: ['events:PutEvents'],
    resources: eventBusArn === undefined ? [] : [eventBusArn],
  }),
  /** URLs of replicas bear this permission: whoever has one reads with it. */
  signReplicas: ({ replicaArns }): Statement => ({
    sid: 'SignReplicas',
    actions: ['s3:GetObject'],
    resources: [...replicaArns],
  }),
  /** URLs by which manifests and outputs are uploaded, and outputs read. */
  signUploads: ({ bucket }): Statement => ({
    sid: 'SignUploads',
    actions: ['s3:PutObject', 's3:GetObject'],
    resources: [bucket.arnForObjects('manifests/*'), bucket.arnForObjects('outputs/*')],
  }),
  /** Without it S3 answers "forbidden" of what is not there. */
  seeWhatIsThere: ({ bucket }): Statement => ({
    sid: 'SeeWhatIsThere',
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
  }),
  /** Whether a manifest was uploaded, or a file left an output. */
  seeUploads: ({ bucket }): Statement => ({
    sid: 'SeeUploads',
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('manifests/*'), bucket.arnForObjects('outputs/*')],
  }),
  /** The names of files, and the index of these. */
  readNames: ({ bucket }): Statement => ({
    sid: 'ReadNames',
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('pages/*')],
  }),
  writeNames: ({ bucket }): Statement => ({
    sid: 'WriteNames',
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('pages/*')],
  }),
  readManifests: ({ bucket }): Statement => ({
    sid: 'ReadManifests',
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects('manifests/*')],
  }),
  removeFiles: ({ bucket }): Statement => ({
    sid: 'RemoveFiles',
    actions: ['s3:DeleteObject'],
    resources: ['manifests/*', 'outputs/*', 'pages/*'].map(keys => bucket.arnForObjects(keys)),
  }),
  /** The larger parts of the logs of tasks. */
  keepLogs: ({ bucket }): Statement => ({
    sid: 'KeepLogs',
    actions: ['s3:PutObject', 's3:GetObject'],
    resources: [bucket.arnForObjects('logs/*')],
  }),
  /** What workers left of tasks that need not be kept. */
  removeTaskFiles: ({ bucket }): Statement => ({
    sid: 'RemoveTaskFiles',
    actions: ['s3:DeleteObject'],
    resources: ['outputs/tasks/*', 'logs/*'].map(keys => bucket.arnForObjects(keys)),
  }),
  /** What a bucket that goes with its stack bears as a tag says that it may be emptied. */
  emptyBucket: ({ bucket }): Statement => ({
    sid: 'EmptyBucket',
    actions: ['s3:GetBucketTagging', 's3:DeleteObject'],
    resources: [bucket.bucketArn, bucket.arnForObjects('*')],
  }),
  /** SQS lists the queues of an account, or none. */
  listQueues: (): Statement => ({ sid: 'ListQueues', actions: ['sqs:ListQueues'], resources: ['*'] }),
  deleteQueues: ({ queuesArn }): Statement => ({
    sid: 'DeleteQueues',
    actions: ['sqs:DeleteQueue'],
    resources: [queuesArn],
  }),
} satisfies Record<string, (resources: Resources) => Statement>;
