import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface Client {
  readonly config: { readonly requestHandler: DynamoDBClient['config']['requestHandler'] };
}

/** What is between a client and AWS: passes a request on, or throws what the client gets instead of the answer. */
type Meddler = (pass: () => Promise<unknown>, attempt: number) => Promise<unknown>;

/** Comes between a client and AWS, within its retries: each attempt goes through `meddler`. */
export function meddle<C extends Client>(client: C, meddler: Meddler): C {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  let attempt = 0;
  requestHandler.handle = async (request, options) => {
    attempt += 1;
    let answer: ReturnType<typeof handle> | undefined;
    const pass = () => {
      answer = handle(request, options);
      return answer;
    };
    await meddler(pass, attempt);
    if (!answer) throw new Error('the request was neither passed on nor refused');
    return answer;
  };
  return client;
}

/** An error as the SDK has it when a connection breaks before the answer. */
export function lostAnswer(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** An error as AWS answers it. */
export function answered(name: string, fault: 'client' | 'server', status: number): Error {
  return Object.assign(new Error(name), { name, $fault: fault, $metadata: { httpStatusCode: status } });
}
