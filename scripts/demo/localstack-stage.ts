import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Stage } from '../../lib/cli/demo/stage.ts';
import type { Context } from '../../lib/cli/frame/context.ts';
import { connect } from '../../lib/connect/connect.ts';
import { deployLocally, destroyLocally, LOCAL, localEnvironment } from '../local-stack.ts';

/** A stack of its own on the LocalStack at AWS_ENDPOINT_URL, files in a bucket of S3; two workers are killed. */
export async function localStackStage({ stderr }: Context, _: unknown, folder: string): Promise<Stage> {
  // For the workers and commands that are started, too.
  Object.assign(process.env, localEnvironment());
  const stack = `sluice-demo-${randomBytes(4).toString('hex')}`;
  const Bucket = `${stack}-files`;
  const s3 = new S3Client({ ...LOCAL, forcePathStyle: true });
  stderr.write(`$ npm run local:deploy -- -c stack=${stack} -c replicas=${Bucket}\n`);
  const { Url } = await deployLocally({ stack, settings: { replicas: Bucket } });
  const made: string[] = [];
  return {
    client: connect({ server: Url }),
    leaseSeconds: 20,
    async publish(data, names) {
      const place = { LocationConstraint: LOCAL.region as 'eu-central-1' };
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: place }));
      stderr.write(`the files are put into s3://${Bucket}\n`);
      for (const Key of names) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: await readFile(join(data, Key)) }));
        made.push(Key);
      }
      const lines = names.map(did => JSON.stringify({ did, replicas: [{ url: `s3://${Bucket}/${did}` }] }));
      const manifest = join(folder, 'files.ndjson');
      await writeFile(manifest, lines.join('\n'));
      return ['--manifest', manifest];
    },
    goWrong: killWorker => killWorker(),
    async close() {
      for (const Key of made) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await destroyLocally({ stack });
    },
  };
}
