import { CfnResource } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { NagSuppressions } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Where the rules of AwsSolutions and cfn-lint do not fit, each for the resources it is about and with the reason. */

/**
 * cfn-lint W3005, a dependency that is there anyhow: CDK names a function's role among what it depends on, so that its
 * policies are there before it runs.
 */
export function explainFunction({ node }: LambdaFunction): void {
  const { defaultChild } = node;
  if (CfnResource.isCfnResource(defaultChild))
    defaultChild.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });
}

/** A role's permissions end in `*` where the names of what it works on are not known at deployment. */
export function explainRole(role: IConstruct): void {
  NagSuppressions.addResourceSuppressions(
    role,
    [
      {
        id: 'AwsSolutions-IAM5',
        reason:
          "Each project's lanes get queues of their own while Sluice runs; all begin with the stack's prefix.",
        appliesTo: [{ regex: '/^Resource::arn:.*:sqs:.*-\\*$/' }],
      },
      {
        id: 'AwsSolutions-IAM5',
        reason:
          'Manifests, outputs, logs and the names of files are keyed by project or task, below these folders.',
        appliesTo: [
          { regex: '/^Resource::<.*Bucket.*\\.Arn>\\/(manifests|outputs(\\/tasks)?|logs|pages)\\/\\*$/' },
        ],
      },
      {
        id: 'AwsSolutions-IAM5',
        reason: 'Whoever deploys names the buckets and prefixes whose objects workers may read.',
        appliesTo: [{ regex: '/^Resource::arn:.*:s3:::.+\\*$/' }],
      },
    ],
    true,
  );
}

/** The function that removes a stack's queues has to find them. */
export function explainListing(role: IConstruct): void {
  NagSuppressions.addResourceSuppressions(
    role,
    [
      {
        id: 'AwsSolutions-IAM5',
        reason:
          'SQS lets a role list the names of all queues of the account or of none; there is no ARN to name.',
        appliesTo: ['Resource::*'],
      },
      {
        id: 'AwsSolutions-IAM5',
        reason: 'The whole bucket is emptied; it is deleted next.',
        appliesTo: [{ regex: '/^Resource::<.*Bucket.*\\.Arn>\\/\\*$/' }],
      },
    ],
    true,
  );
}

export function explainBucket(bucket: IConstruct): void {
  NagSuppressions.addResourceSuppressions(bucket, [
    {
      id: 'AwsSolutions-S1',
      reason:
        'Sluice records who got and who left what. A log of each read and write belongs into a bucket of the account: CloudTrail data events, where they are wanted.',
    },
  ]);
}
