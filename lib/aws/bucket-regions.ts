import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';

/** In which region buckets are; a URL is signed for one. */
export class BucketRegions {
  readonly #client: S3Client;
  readonly #home: string;
  readonly #regions = new Map<string, string>();

  /** `home`: the region of a bucket that does not tell, and of `bucket`. */
  constructor(client: S3Client, home: string, bucket: string) {
    this.#client = client;
    this.#home = home;
    this.#regions.set(bucket, home);
  }

  /** Looks up those not known yet. One that cannot be looked up now is looked up again the next time. */
  async learn(buckets: Iterable<string>): Promise<void> {
    const unknown = [...new Set(buckets)].filter(bucket => !this.#regions.has(bucket));
    await Promise.all(
      unknown.map(async bucket => {
        const region = await this.#ask(bucket);
        if (region !== undefined) this.#regions.set(bucket, region);
      }),
    );
  }

  of(bucket: string): string {
    return this.#regions.get(bucket) ?? this.#home;
  }

  async #ask(bucket: string): Promise<string | undefined> {
    try {
      return (await this.#client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion;
    } catch (error) {
      return regionInAnswer(error);
    }
  }
}

/** S3 names the region also when it refuses: to those who may not list the bucket, and to those who ask elsewhere. */
function regionInAnswer(error: unknown): string | undefined {
  const response = memberOf(error, '$response');
  const region = memberOf(memberOf(response, 'headers'), 'x-amz-bucket-region');
  return typeof region === 'string' ? region : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
