import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  type FunctionOptions,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Ability, type Resources, statementsOf } from './abilities.ts';
import type { Bundler, FunctionName } from './bundle.ts';
import { explainFunction, explainRole } from './exceptions.ts';

/** The functions that answer requests. */
export const REQUEST_FUNCTIONS = ['api', 'reserve', 'advance', 'done', 'failed', 'heartbeat'] as const;

/** By the name of their file in functions/lambda. */
export type SluiceFunctions = Readonly<Record<Exclude<FunctionName, 'removal' | 'declare'>, LambdaFunction>>;

/** A function of its own kind: what it may do, and how long and how large it may be. */
interface Kind {
  readonly description: string;
  readonly abilities: readonly Ability[];
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly retryAttempts?: number;
  readonly maxEventAge?: Duration;
}

const REQUEST = { timeout: Duration.seconds(30), memorySize: 256 };
/** As long as Lambda lets a function run; what is not finished then, the sweep takes up again in its next minute. */
const LONG = { timeout: Duration.minutes(15), retryAttempts: 0, maxEventAge: Duration.minutes(5) };
const WORK: readonly Ability[] = ['keepState', 'sendTickets'];
/** Files are reported by token or by name; the last report ends the project. */
const REPORT: readonly Ability[] = [...WORK, 'readNames', 'seeWhatIsThere', 'announce'];
const HAND_OUT: readonly Ability[] = [...REPORT, 'receiveTickets'];

const KINDS: Record<FunctionName, Kind> = {
  api: {
    description: 'Sluice: the whole API',
    abilities: [
      ...HAND_OUT,
      ...([
        'dropQueues',
        'writeNames',
        'removeState',
        'seeUploads',
        'keepLogs',
        'removeTaskFiles',
        'sendReplies',
      ] as const),
    ],
    ...REQUEST,
  },
  reserve: { description: 'Sluice: reserves files', abilities: HAND_OUT, ...REQUEST },
  advance: { description: 'Sluice: reports files and reserves more', abilities: HAND_OUT, ...REQUEST },
  done: { description: 'Sluice: reports files as done', abilities: REPORT, ...REQUEST },
  failed: { description: 'Sluice: reports files as failed', abilities: REPORT, ...REQUEST },
  heartbeat: { description: 'Sluice: extends leases', abilities: WORK, ...REQUEST },
  job: {
    description: 'Sluice: loads, restarts and deletes projects',
    abilities: [...REPORT, 'writeNames', 'removeState', 'dropQueues', 'readManifests', 'removeFiles'],
    ...LONG,
    memorySize: 1024,
  },
  sweep: {
    description: 'Sluice: looks after projects and tasks nobody asks about',
    abilities: [
      ...WORK,
      ...([
        'countTickets',
        'removeState',
        'seeWhatIsThere',
        'removeTaskFiles',
        'sendReplies',
        'announce',
      ] as const),
    ],
    ...LONG,
    memorySize: 512,
  },
  declare: {
    description: 'Sluice: makes the queues that the stack declares',
    abilities: ['keepState'],
    ...LONG,
    memorySize: 256,
  },
  removal: {
    description: 'Sluice: empties the bucket and deletes the queues when the stack is deleted',
    abilities: ['seeWhatIsThere', 'emptyBucket', 'listQueues', 'deleteQueues'],
    ...LONG,
    memorySize: 512,
  },
};

export interface FunctionSettings {
  readonly resources: Resources;
  readonly environment: Readonly<Record<string, string>>;
  readonly bundle: Bundler;
  readonly logRetention: RetentionDays;
  readonly reservedConcurrency?: number | undefined;
}

/** A function of Sluice: it may do what its kind does, and nothing else. */
export class SluiceFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, name: FunctionName, settings: FunctionSettings) {
    super(scope, name);
    const { abilities, ...kind } = KINDS[name];
    const { lambda, role } = ownFunction(this, {
      ...kind,
      code: settings.bundle(name),
      environment: settings.environment,
      logRetention: settings.logRetention,
      statements: abilities.flatMap(ability => statementsOf(ability, settings.resources)),
      ...(settings.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: settings.reservedConcurrency,
      }),
    });
    this.lambda = lambda;
    this.role = role;
  }
}

export interface OwnFunctionProps extends FunctionOptions {
  readonly description: string;
  readonly code: Code;
  readonly logRetention: RetentionDays;
  /** What it may do beside writing its log. */
  readonly statements: readonly PolicyStatement[];
}

/** Makes a function with its own role and log. */
export function ownFunction(
  scope: Construct,
  { logRetention, statements, ...props }: OwnFunctionProps,
): { lambda: LambdaFunction; role: Role } {
  const logGroup = new LogGroup(scope, 'Log', {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: props.description,
  });
  role.addToPolicy(
    new PolicyStatement({
      sid: 'WriteLog',
      effect: Effect.ALLOW,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  for (const statement of statements) role.addToPolicy(statement);
  explainRole(role);
  const lambda = new LambdaFunction(scope, 'Function', {
    ...props,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    ...{ role, logGroup },
  });
  explainFunction(lambda);
  return { lambda, role };
}
