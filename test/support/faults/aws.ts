import type { Answer, Asked, Meddler } from './proxy.ts';

/** The service and operation that a request to AWS is for, where a header says it. */
function targetOf({ headers }: Asked): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target : '';
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/**
 * How services of AWS say that there are too many requests, or that something of theirs broke.
 * Sources: the common errors in the references of DynamoDB, SQS and S3.
 */
export function awsRefusal(asked: Asked, random: () => number): Answer {
  const target = targetOf(asked);
  const isThrottled = random() < 0.5;
  if (target.startsWith('DynamoDB_'))
    return isThrottled
      ? jsonError(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException')
      : jsonError(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError');
  if (target.startsWith('AmazonSQS.'))
    return isThrottled
      ? jsonError(403, 'com.amazonaws.sqs#RequestThrottled')
      : jsonError(500, 'com.amazonaws.sqs#InternalFailure');
  const code = isThrottled ? 'SlowDown' : 'InternalError';
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>not now</Message></Error>`;
  return {
    status: isThrottled ? 503 : 500,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(body),
  };
}

function jsonError(status: number, type: string): Answer {
  const body = JSON.stringify({ __type: type, message: 'not now' });
  return { status, headers: JSON_TYPE, body: Buffer.from(body) };
}

/** SQS that delivers a message to two consumers, now and then. */
export function twofoldDeliveries(next: Meddler, random: () => number, share: number) {
  /** The queue's URL, in the request → the answer with its last message. */
  const delivered = new Map<string, Answer>();
  let count = 0;
  const meddle: Meddler = async (asked, pass) => {
    if (targetOf(asked) !== 'AmazonSQS.ReceiveMessage') return next(asked, pass);
    const queue = asked.body.toString();
    const again = delivered.get(queue);
    delivered.delete(queue);
    if (again && random() < share) {
      count += 1;
      return again;
    }
    const answer = await next(asked, pass);
    if (answer?.status === 200 && answer.body.includes('ReceiptHandle')) delivered.set(queue, answer);
    return answer;
  };
  return {
    meddle,
    get count() {
      return count;
    },
  };
}
