import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT } from '../../functions/environment.ts';
import type { Sluice } from '../../infra/sluice.ts';
import { actionsOf, allowedTo, deployed } from './support.ts';

const { template, policies } = deployed();

describe('what is kept', () => {
  test('the table is paid by the request, restorable, encrypted, and stays when the stack goes', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        KeySchema: [
          { AttributeName: 'partition', KeyType: 'HASH' },
          { AttributeName: 'sort', KeyType: 'RANGE' },
        ],
      },
    });
  });

  test('the bucket is encrypted, closed to the public, and stays when the stack goes', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            Match.objectLike({ Prefix: 'manifests/', ExpirationInDays: 14, Status: 'Enabled' }),
          ]),
        },
      },
    });
  });

  test('nobody reads the bucket but by TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('a stack that keeps nothing', () => {
  const gone = deployed({ removalPolicy: RemovalPolicy.DESTROY });
  const functionIds = (of: typeof gone) => Object.entries(of.template.findResources('AWS::Lambda::Function'));

  test('deletes its table and its bucket, and empties the bucket first', () => {
    gone.template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
    gone.template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Delete',
      Properties: { Tags: [{ Key: 'sluice:goes-with-stack', Value: 'yes' }] },
    });
    gone.template.hasResource('Custom::SluiceContents', {
      Properties: { ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('removalFunction'), 'Arn'] } },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('SluiceBucket')]),
    });
  });

  test('has all else gone by then: nothing fills what is being emptied', () => {
    for (const [id, { DependsOn }] of functionIds(gone))
      if (!id.includes('removal'))
        expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching('RemovalContents')]));
  });

  test('lets the function that does it see and remove that, and nothing else', () => {
    const allowed = allowedTo(gone.policies, 'Removalremoval');

    expect(actionsOf(allowed)).toEqual([
      ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:DeleteObject', 's3:GetBucketTagging'],
      ...['s3:ListBucket', 'sqs:DeleteQueue', 'sqs:ListQueues'],
    ]);
    expect(allowed.find(({ action }) => action === 'sqs:DeleteQueue')?.resource).toContain(':sluice-lab-*');
    expect(gone.policies.filter(({ resource }) => resource === '"*"').map(({ action }) => action)).toEqual([
      'sqs:ListQueues',
    ]);
  });

  test('is the only one with such a function, and with such a tag', () => {
    expect(functionIds(deployed()).filter(([id]) => id.includes('removal'))).toEqual([]);
    template.resourceCountIs('Custom::SluiceContents', 0);
    template.hasResourceProperties('AWS::S3::Bucket', { Tags: Match.absent() });
  });
});

describe('functions', () => {
  test('the API has a URL for callers that IAM knows', () => {
    template.allResourcesProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
  });

  test('nobody is let in by a policy of a function but its schedule', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Permission')))
      expect(Properties).toMatchObject({ Principal: 'events.amazonaws.com' });
  });

  test('requests end in half a minute, jobs and sweeps when Lambda ends them', () => {
    const timeouts = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => [
      Properties.Description,
      Properties.Timeout,
    ]);

    expect(Object.fromEntries(timeouts)).toEqual({
      'Sluice: the whole API': 30,
      'Sluice: reserves files': 30,
      'Sluice: reports files and reserves more': 30,
      'Sluice: reports files as done': 30,
      'Sluice: reports files as failed': 30,
      'Sluice: extends leases': 30,
      'Sluice: loads, restarts and deletes projects': 900,
      'Sluice: looks after projects and tasks nobody asks about': 900,
    });
  });

  test('they run on ARM, and their logs go after a month', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('the sweep runs every minute; it and jobs are not tried again by Lambda, the next sweep does that', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [
        Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('sweepFunction'), 'Arn'] } }),
      ],
    });
    template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  });

  test('requests can be limited; jobs and the sweep are not kept from running by them', () => {
    const limited = deployed({ reservedConcurrency: 20 }).template;
    const limits = Object.entries(limited.findResources('AWS::Lambda::Function')).map(
      ([id, { Properties }]) => [
        /^Sluice(.+)Function/.exec(id)?.[1],
        Properties.ReservedConcurrentExecutions,
      ],
    );

    expect(Object.fromEntries(limits)).toEqual({
      ...{ api: 20, reserve: 20, advance: 20, done: 20, failed: 20, heartbeat: 20 },
      ...{ job: undefined, sweep: undefined },
    });
  });
});

describe('the role of a function', () => {
  const WORK = [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sqs:CreateQueue',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ];
  const REPORT = [...WORK, 's3:GetObject', 's3:ListBucket'];
  const TAKE = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'];

  test.each([
    ['done', REPORT],
    ['failed', REPORT],
    ['heartbeat', WORK],
    ['reserve', [...REPORT, ...TAKE, 'sts:AssumeRole']],
    ['advance', [...REPORT, ...TAKE, 'sts:AssumeRole']],
    [
      'sweep',
      [
        ...[...WORK, 'dynamodb:BatchWriteItem', 'lambda:InvokeFunction'],
        ...['s3:DeleteObject', 's3:ListBucket', 'sqs:GetQueueAttributes'],
      ],
    ],
    [
      'api',
      [
        ...[...REPORT, ...TAKE, 'dynamodb:BatchWriteItem', 'lambda:InvokeFunction'],
        ...['s3:DeleteObject', 's3:PutObject', 'sqs:DeleteQueue', 'sts:AssumeRole'],
      ],
    ],
    ['job', [...REPORT, 'dynamodb:BatchWriteItem', 's3:DeleteObject', 's3:PutObject', 'sqs:DeleteQueue']],
  ])('%s may do what it does, and nothing else', (name, actions) => {
    expect(actionsOf(allowedTo(policies, name))).toEqual([...actions].sort());
  });

  test('no action is allowed on everything', () => {
    expect(policies.filter(({ resource }) => resource === '"*"')).toEqual([]);
    expect(policies.filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  test('queues are those whose names begin with the prefix', () => {
    const queues = new Set(
      policies.filter(({ action }) => action.startsWith('sqs:')).map(({ resource }) => resource),
    );

    expect([...queues]).toHaveLength(1);
    expect([...queues][0]).toContain(':sluice-lab-*');
  });

  test('files in the bucket are manifests, outputs, logs, and the names of files', () => {
    for (const { action, resource } of policies)
      if (/^s3:.*Object$/.test(action))
        expect(resource.replaceAll(/\/(manifests|outputs(\/tasks)?|logs|pages)\/\*/g, '')).not.toContain('/');
  });

  test('what answers requests removes no more than the outputs and logs of tasks', () => {
    const removed = allowedTo(policies, 'api').filter(({ action }) => action === 's3:DeleteObject');

    expect(removed.map(({ resource }) => resource)).toEqual([
      expect.stringMatching(/"\/outputs\/tasks\/\*".*"\/logs\/\*"/),
    ]);
  });
});

describe('where events go', () => {
  const { policies, template } = deployed({}, undefined, stack => ({
    replyQueues: [
      Queue.fromQueueArn(stack, 'Releases', 'arn:aws:sqs:eu-central-1:123456789012:releases.fifo'),
      new Queue(stack, 'Sealed', { encryptionMasterKey: new Key(stack, 'Key') }),
    ],
    eventBus: EventBus.fromEventBusArn(
      stack,
      'Bus',
      'arn:aws:events:eu-central-1:123456789012:event-bus/lab',
    ),
  }));
  const whoMay = (action: string, resource: string) =>
    policies
      .filter(allowed => allowed.action === action && allowed.resource.includes(resource))
      .map(({ role }) => /^Sluice(.+)Role/.exec(role)?.[1])
      .sort();

  test('replies are sent by what changes tasks, to the named queues, and with their keys', () => {
    for (const queue of [':releases.fifo', 'Sealed'])
      expect(whoMay('sqs:SendMessage', queue)).toEqual(['api', 'sweep']);
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'])
      expect(whoMay(action, 'Key')).toEqual(['api', 'sweep']);
  });

  test('events are put on the bus by all that may end a project or a task', () => {
    const writers = ['advance', 'api', 'done', 'failed', 'job', 'reserve', 'sweep'];
    expect(whoMay('events:PutEvents', 'event-bus/lab')).toEqual(writers);
  });

  test('functions are told of both, and of neither where there is none', () => {
    const variablesOf = (stack: Template) =>
      Object.values(stack.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables,
      );
    for (const variables of variablesOf(template)) {
      expect(JSON.stringify(variables[ENVIRONMENT.replyQueues])).toContain(':releases.fifo,');
      expect(variables[ENVIRONMENT.eventBus]).toContain('event-bus/lab');
    }
    for (const variables of variablesOf(deployed().template))
      expect(Object.keys(variables)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/REPLY_QUEUES|EVENT_BUS/)]),
      );
  });
});

describe('the role that signs URLs', () => {
  const named = deployed({ replicas: ['data', 'archive/run2/'] });
  const signing = allowedTo(named.policies, 'Signer');

  test('reads the replicas that the deployment names, reads and writes manifests and outputs, and nothing else', () => {
    const [replicas, ...uploads] = signing;

    expect(signing.map(({ action }) => action)).toEqual(['s3:GetObject', 's3:PutObject', 's3:GetObject']);
    expect(replicas?.resource).toContain(':s3:::data/*');
    expect(replicas?.resource).toContain(':s3:::archive/run2/*');
    for (const { resource } of uploads)
      expect([...resource.matchAll(/"\/([a-z/*]+)"/g)].map(([, path]) => path)).toEqual([
        'manifests/*',
        'outputs/*',
      ]);
  });

  test('is the only one that has anything to do with replicas', () => {
    const reading = named.policies.filter(({ resource }) => resource.includes('archive'));

    expect(reading.map(({ role }) => role)).toEqual([signing[0]?.role]);
  });

  test('is assumed by the functions that hand out URLs, and by nobody else', () => {
    const [role] = Object.values(named.template.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) => Properties.Description === 'Sluice: what presigned URLs may do',
    );
    const trusted = JSON.stringify(role?.Properties.AssumeRolePolicyDocument);

    expect([...trusted.matchAll(/Sluice([a-z]+)Role/g)].map(([, name]) => name)).toEqual([
      'api',
      'reserve',
      'advance',
    ]);
    expect([...trusted.matchAll(/"Principal"/g)]).toHaveLength(3);
    for (const { action, resource } of named.policies)
      if (action === 'sts:AssumeRole') expect(resource).toMatch(/^{"Fn::GetAtt":\["SluiceSignerRole/);
  });

  test('is told to them', () => {
    const told = Object.values(named.template.findResources('AWS::Lambda::Function'))
      .filter(({ Properties }) => 'SLUICE_SIGNER_ROLE' in Properties.Environment.Variables)
      .map(({ Properties }) => Properties.Description);

    expect(told.sort()).toEqual([
      'Sluice: reports files and reserves more',
      'Sluice: reserves files',
      'Sluice: the whole API',
    ]);
  });
});

describe('grants', () => {
  const grantedBy = (grant: (sluice: Sluice, role: Role) => void) =>
    deployed({}, (sluice, stack) =>
      grant(sluice, new Role(stack, 'Worker', { assumedBy: new AccountRootPrincipal() })),
    )
      .policies.filter(({ role }) => role.startsWith('Worker'))
      .map(({ action, resource, condition }) => ({
        action,
        condition,
        functions: [
          ...new Set([...resource.matchAll(/Sluice([a-z]+)Function/g)].map(([, name]) => name)),
        ].sort(),
      }));

  const WORKERS = ['advance', 'done', 'failed', 'heartbeat', 'reserve'];
  const byUrl = [
    {
      action: 'lambda:InvokeFunctionUrl',
      condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
      functions: ['api'],
    },
    {
      action: 'lambda:InvokeFunction',
      condition: { Bool: { 'lambda:InvokedViaFunctionUrl': true } },
      functions: ['api'],
    },
  ];
  const directly = (allowed: ReturnType<typeof grantedBy>) =>
    allowed.filter(({ condition }) => condition === undefined);
  const functionsOf = (allowed: ReturnType<typeof grantedBy>) =>
    [...new Set(allowed.flatMap(({ functions }) => functions))].sort();

  test('workers call the URL, and invoke what workers need', () => {
    const allowed = grantedBy((sluice, role) => sluice.grantReserve(role));

    expect(allowed.filter(({ condition }) => condition !== undefined)).toEqual(byUrl);
    expect(functionsOf(directly(allowed))).toEqual(WORKERS);
    expect(directly(allowed).every(({ action }) => action === 'lambda:InvokeFunction')).toBe(true);
  });

  test('managers may invoke the whole API besides', () => {
    const allowed = grantedBy((sluice, role) => sluice.grantManage(role));

    expect(functionsOf(directly(allowed))).toEqual([
      'advance',
      'api',
      'done',
      'failed',
      'heartbeat',
      'reserve',
    ]);
  });
});

describe('settings', () => {
  test('a queue prefix that leaves no room for queue names is refused', () => {
    expect(() => deployed({ queuePrefix: 'x'.repeat(51) })).toThrow(/give another as queuePrefix/);
    expect(() => deployed({ queuePrefix: 'lab*' })).toThrow(/give another as queuePrefix/);
  });

  test('a table that is there already is gone on with, and no other is made', () => {
    const restored = deployed({}, undefined, stack => ({
      table: Table.fromTableName(stack, 'Its', 'restored'),
    }));
    const used = restored.policies.filter(({ action }) => action.startsWith('dynamodb:'));

    restored.template.resourceCountIs('AWS::DynamoDB::Table', 0);
    expect(used.length).toBeGreaterThan(0);
    for (const { resource } of used) expect(resource).toContain(':table/restored"');
    restored.template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ SLUICE_TABLE: 'restored' }) },
    });
  });

  test('functions are told where everything is', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          SLUICE_TABLE: Match.anyValue(),
          SLUICE_BUCKET: Match.anyValue(),
          SLUICE_QUEUE_PREFIX: 'sluice-lab-',
        }),
      },
    });
  });

  test('who manages every project is told to the functions that answer by URL, no more', () => {
    const admins = deployed({ admins: ['ann', 'ops'] }).template;

    admins.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Sluice: the whole API',
      Environment: { Variables: Match.objectLike({ SLUICE_ADMINS: 'ann,ops' }) },
    });
  });
});
