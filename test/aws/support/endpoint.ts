/** Where LocalStack is. */
export const ENDPOINT = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';

export const REGION = process.env.AWS_REGION ?? 'eu-central-1';

export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
