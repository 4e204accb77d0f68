import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS, ENDPOINT, REGION } from './endpoint.ts';

export const OPTIONS = { endpoint: ENDPOINT, region: REGION, credentials: CREDENTIALS };

export const dynamo = new DynamoDBClient(OPTIONS);
export const sqs = new SQSClient({ ...OPTIONS, useQueueUrlAsEndpoint: false });
export const s3 = s3In(REGION);

export function s3In(region: string): S3Client {
  return new S3Client({ ...OPTIONS, region, forcePathStyle: true });
}

/** A name that no other run has: several may share an endpoint. */
export function newName(): string {
  return `sluice-test-${randomBytes(5).toString('hex')}`;
}
