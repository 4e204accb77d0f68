import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Client, createClient } from '../../lib/client/index.ts';
import { LOCAL, type Outputs } from '../../scripts/local-stack.ts';

/** A function by its name in infra/app.ts. */
type FunctionName = 'api' | 'reserve' | 'advance' | 'done' | 'job' | 'sweep';

export interface Deployment {
  /** Speaks to the function URL. */
  readonly client: Client;
  /** Invokes a function with a plain payload; answers what it answers, and fails when it fails. */
  invoke(name: FunctionName, payload: object): Promise<unknown>;
}

export function deploymentOf(outputs: Outputs): Deployment {
  const lambda = new LambdaClient(LOCAL);
  return {
    client: createClient({ server: outputs.Url.replace(/\/$/, ''), fetch: fetchByHost }),
    async invoke(name, payload) {
      const FunctionName = outputs[`${name}Function`];
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
      );
      const answer = Payload?.transformToString() ?? '';
      if (FunctionError) throw new Error(`${name} failed: ${answer}`);
      return JSON.parse(answer);
    },
  };
}

/**
 * The names of function URLs are in no DNS here: the emulator is asked for them by the Host header, which `fetch` does
 * not let one set.
 */
const fetchByHost: typeof fetch = async (input, init = {}) => {
  const { host, pathname, search } = new URL(String(input));
  const headers = { ...Object.fromEntries(new Headers(init.headers)), host };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(new URL(pathname + search, LOCAL.endpoint), { method: init.method, headers })
    .on('error', reject)
    .on('response', resolve)
    .end(init.body);
  const response = await promise;
  return new Response(await text(response), {
    status: response.statusCode ?? 0,
    headers: { 'content-type': response.headers['content-type'] ?? '' },
  });
};
