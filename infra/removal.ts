import { CustomResource, Tags } from 'aws-cdk-lib';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { GOES_WITH_STACK } from '../lib/aws/bucket-tag.ts';
import { explainListing } from './exceptions.ts';
import { type FunctionSettings, SluiceFunction } from './functions.ts';

/**
 * Empties the bucket and deletes the lanes' queues when the stack is deleted. To be created before, and so deleted
 * after, whatever uses them.
 */
export class Removal extends Construct {
  constructor(scope: Construct, id: string, bucket: Bucket, settings: FunctionSettings) {
    super(scope, id);
    // CloudFormation takes the tag away before it deletes this resource from a stack that shall keep its bucket now.
    Tags.of(bucket).add(GOES_WITH_STACK, 'yes', { includeResourceTypes: ['AWS::S3::Bucket'] });
    const { lambda, role } = new SluiceFunction(this, 'removal', settings);
    explainListing(role);
    new CustomResource(this, 'Contents', {
      resourceType: 'Custom::SluiceContents',
      serviceToken: lambda.functionArn,
    }).node.addDependency(bucket);
  }
}
