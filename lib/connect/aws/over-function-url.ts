import { httpRequestOf, type Transport } from '../../client/index.ts';
import { errorOfAws, problemIn } from './refusals.ts';
import { sendTo } from './send.ts';

/** By a function URL, in the caller's name. */
export function overFunctionUrl(
  { url: server, region }: { readonly url: string; readonly region: string },
  endpoint: string | undefined,
): Transport {
  const send = sendTo(region, endpoint);
  const called = { server, permission: 'lambda:InvokeFunctionUrl and lambda:InvokeFunction' };
  return async call => {
    const { method, url, body } = httpRequestOf(server, call);
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const answer = await send({ method, url, headers, body, signal: call.signal });
    if (answer.status >= 400 && !problemIn(answer.text)) throw errorOfAws(answer, called);
    return answer;
  };
}
