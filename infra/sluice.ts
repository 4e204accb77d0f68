import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Dashboard, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Invoke } from 'aws-cdk-lib/aws-events-targets';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType, type IFunctionUrl } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/environment.ts';
import type { ConfigurationInput } from '../lib/contract/queues.ts';
import type { Resources } from './abilities.ts';
import { Alarms } from './alarms.ts';
import { type Bundler, bundle, type FunctionName } from './bundle.ts';
import { SluiceDashboard } from './dashboard.ts';
import { Declaration } from './declaration.ts';
import { SluiceFunction, type SluiceFunctions } from './functions.ts';
import { metricsOf } from './metrics.ts';
import { Removal } from './removal.ts';
import { Signer } from './signer.ts';
import { filesBucket, stateTable } from './storage.ts';

export interface SluiceProps {
  /** Prefix of the names of the queues that Sluice makes. Default `sluice-<stack>-`. */
  readonly queuePrefix?: string;
  /**
   * Objects that workers may be given URLs for: `bucket` or `bucket/prefix/`. Default none: then only replicas that
   * need no signature are handed out, such as `https:` URLs.
   */
  readonly replicas?: readonly string[];
  /**
   * A table to go on with, such as one restored from a backup; its keys are `partition` and `sort`, both text. Default:
   * a new one.
   */
  readonly table?: ITable;
  /**
   * Queues of SQS, of the same region, that tasks may reply to. Default none: then tasks reply to queues of Sluice's own,
   * and to webhooks.
   */
  readonly replyQueues?: readonly IQueue[];
  /** A bus of EventBridge that is told of every project and task. Default none, for each event costs. */
  readonly eventBus?: IEventBus;
  /** Users who manage every project: names of IAM users and roles. Default none. */
  readonly admins?: readonly string[];
  /**
   * Most requests at once, for each function that answers requests: what runs wild then cannot cost more. Default no
   * limit but the account's, because Lambda sets so many aside in the account, six times this number: a new account
   * has too few, and no deployment would succeed there.
   */
  readonly reservedConcurrency?: number;
  /**
   * Whom alarms tell, such as an SNS topic: `new SnsAction(topic)`. Default nobody, and then there are none: each costs
   * something every month.
   */
  readonly alarmActions?: readonly IAlarmAction[];
  /** How long logs are kept. Default one month. */
  readonly logRetention?: RetentionDays;
  /**
   * What becomes of table and bucket when the stack is deleted. Default: they stay. `DESTROY` removes them with all
   * they hold, and the queues.
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Queues of tasks by name, names of tasks bound to them, and what workers are told by name: as in the file of `serve
   * --config`. Each deployment that changes this makes it so; what it does not speak of stays as it is.
   */
  readonly queues?: ConfigurationInput['queues'];
  readonly bindings?: ConfigurationInput['bindings'];
  readonly configs?: ConfigurationInput['configs'];
  /** Emulators do not say who calls a function URL: this user does then. On AWS it has no effect. */
  readonly unnamedCaller?: string;
  /** Makes the functions' code. Default: esbuild, from this repository. */
  readonly bundle?: Bundler;
}

const WORKER_FUNCTIONS = ['reserve', 'advance', 'done', 'failed', 'heartbeat'] as const;
/** A queue's name has 80 characters; some are for the project and the lane. */
const MAX_PREFIX_LENGTH = 50;

/** The whole of Sluice: table, bucket, functions, and a rule for the sweep. Nothing of it costs when nobody asks. */
export class Sluice extends Construct {
  readonly table: ITable;
  readonly bucket: Bucket;
  /** By this URL clients and workers call; requests are signed with the caller's AWS credentials. */
  readonly url: string;
  readonly functions: SluiceFunctions;
  readonly dashboard: Dashboard;
  /** What the names of its queues of SQS begin with. */
  readonly queuePrefix: string;
  readonly #apiUrl: IFunctionUrl;

  constructor(scope: Construct, id: string, props: SluiceProps = {}) {
    super(scope, id);
    const stack = Stack.of(this);
    const queuePrefix = checkedPrefix(props.queuePrefix ?? `sluice-${stack.stackName}-`);
    this.queuePrefix = queuePrefix;
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.table = props.table ?? stateTable(this, removalPolicy);
    this.bucket = filesBucket(this, removalPolicy);

    const { replyQueues = [], eventBus } = props;
    const resources: Resources = {
      table: this.table,
      bucket: this.bucket,
      queuesArn: stack.formatArn({ service: 'sqs', resource: `${queuePrefix}*` }),
      replicaArns: (props.replicas ?? []).map(place => replicaArn(stack, place)),
      replyQueueArns: replyQueues.map(({ queueArn }) => queueArn),
      eventBusArn: eventBus?.eventBusArn,
    };
    const environment = {
      [ENVIRONMENT.table]: this.table.tableName,
      [ENVIRONMENT.bucket]: this.bucket.bucketName,
      [ENVIRONMENT.queuePrefix]: queuePrefix,
      ...(replyQueues.length > 0 && { [ENVIRONMENT.replyQueues]: resources.replyQueueArns.join(',') }),
      ...(eventBus && { [ENVIRONMENT.eventBus]: eventBus.eventBusArn }),
    };
    const settings = {
      resources,
      environment,
      bundle: props.bundle ?? bundle,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
    };
    const make = (name: FunctionName, own: { reservedConcurrency?: number | undefined } = {}) =>
      new SluiceFunction(this, name, { ...settings, ...own }).lambda;
    const { reservedConcurrency } = props;
    this.functions = {
      api: make('api', { reservedConcurrency }),
      reserve: make('reserve', { reservedConcurrency }),
      advance: make('advance', { reservedConcurrency }),
      done: make('done', { reservedConcurrency }),
      failed: make('failed', { reservedConcurrency }),
      heartbeat: make('heartbeat', { reservedConcurrency }),
      job: make('job'),
      sweep: make('sweep'),
    };

    if (removalPolicy === RemovalPolicy.DESTROY) {
      const removal = new Removal(this, 'Removal', this.bucket, settings);
      // So they are gone when it empties what they fill.
      for (const lambda of Object.values(this.functions)) lambda.node.addDependency(removal);
    }

    const { queues, bindings, configs } = props;
    if (queues || bindings || configs)
      new Declaration(this, 'Declaration', { queues, bindings, configs }, settings);

    const { api, reserve, advance, job, sweep } = this.functions;
    for (const { encryptionMasterKey } of replyQueues)
      for (const sender of [api, sweep])
        encryptionMasterKey?.grant(sender, 'kms:GenerateDataKey', 'kms:Decrypt');
    new Signer(this, 'Signer', resources, [api, reserve, advance]);
    api.addEnvironment(ENVIRONMENT.admins, (props.admins ?? []).join(','));
    if (props.unnamedCaller !== undefined) api.addEnvironment(ENVIRONMENT.unnamedCaller, props.unnamedCaller);
    for (const starter of [api, sweep]) {
      starter.addEnvironment(ENVIRONMENT.jobFunction, job.functionName);
      starter.addToRolePolicy(
        new PolicyStatement({
          sid: 'StartJobs',
          actions: ['lambda:InvokeFunction'],
          resources: [job.functionArn],
        }),
      );
    }
    this.#apiUrl = api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    this.url = this.#apiUrl.url;
    new Rule(this, 'EveryMinute', {
      description: 'Sluice: the sweep',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new Invoke(sweep, { retryAttempts: 0 })],
    });

    const metrics = metricsOf(this.functions, this.table);
    const { alarmActions = [] } = props;
    const alarms = alarmActions.length > 0 ? new Alarms(this, 'Alarms', metrics, alarmActions).alarms : [];
    this.dashboard = new SluiceDashboard(this, 'Dashboard', {
      metrics,
      functions: this.functions,
      table: this.table,
      queuePrefix,
      alarms,
    }).dashboard;
  }

  /**
   * Lets workers work: through the URL as themselves, in projects that admit them; and by invoking `reserve`,
   * `advance`, `done`, `failed` and `heartbeat` directly, in any project.
   */
  grantReserve(worker: IGrantable): Grant {
    return WORKER_FUNCTIONS.map(name => this.functions[name].grantInvoke(worker)).reduce(
      (grants, grant) => grants.combine(grant),
      this.#apiUrl.grantInvokeUrl(worker),
    );
  }

  /** Lets somebody do everything in every project, by invoking `api` directly, besides all that workers may. */
  grantManage(manager: IGrantable): Grant {
    return this.grantReserve(manager).combine(this.functions.api.grantInvoke(manager));
  }
}

function checkedPrefix(prefix: string): string {
  if (prefix.length > MAX_PREFIX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(prefix))
    throw new Error(
      `the queue prefix "${prefix}" may have ${MAX_PREFIX_LENGTH} letters, digits, - and _: give another as queuePrefix`,
    );
  return prefix;
}

/** `bucket/prefix/` as the ARN of all that is there. */
function replicaArn(stack: Stack, place: string): string {
  const [bucket = '', ...path] = place.split('/');
  return stack.formatArn({
    service: 's3',
    region: '',
    account: '',
    resource: bucket,
    resourceName: `${path.join('/')}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}
