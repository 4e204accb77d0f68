import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { LOCAL } from '../../scripts/local-stack.ts';

const lambda = new LambdaClient(LOCAL);

/**
 * Does what CloudFormation does with a resource of our own, of which the emulator knows nothing: invokes the function of
 * a stack that says what it does, and waits for its answer.
 */
export async function asCloudFormation(stack: string, description: string, event: object): Promise<unknown> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 1000 }));
  const found = Functions.find(
    ({ FunctionName = '', Description = '' }) =>
      FunctionName.startsWith(stack) && Description.includes(description),
  );
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const answered = answerTo(server);
    const asked = {
      ...event,
      ...{ ResponseURL: `http://127.0.0.1:${portOf(server)}/`, StackId: stack },
      ...{ RequestId: 'request', LogicalResourceId: 'Contents' },
    };
    await lambda.send(
      new InvokeCommand({ FunctionName: found?.FunctionName, Payload: JSON.stringify(asked) }),
    );
    return await answered;
  } finally {
    server.close();
  }
}

async function answerTo(server: Server): Promise<unknown> {
  const [request, response] = await once(server, 'request');
  const answer = await json(request);
  response.end();
  return answer;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
