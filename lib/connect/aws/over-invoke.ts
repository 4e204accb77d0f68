import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import * as z from 'zod';
import { type Transport, UnreachableError } from '../../client/index.ts';
import { errorOfAws, problemIn, refused } from './refusals.ts';
import { sendTo } from './send.ts';

/**
 * By invoking the function `api` with a plain payload
 * (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html): IAM alone decides who may.
 */
export async function overInvoke(
  { name, region: given }: { readonly name: string; readonly region?: string | undefined },
  endpoint: string | undefined,
): Promise<Transport> {
  const region = given ?? (await configuredRegion(name));
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = new URL(
    `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    endpoint ?? `https://lambda.${region}.${suffix}`,
  );
  const send = sendTo(region, endpoint);
  const called = { server: name, permission: 'lambda:InvokeFunction' };
  return async ({ name: verb, input, signal }) => {
    const body = JSON.stringify({ ...input, verb });
    const headers = { 'content-type': 'application/json' };
    const answer = await send({ method: 'POST', url, headers, body, signal });
    if (answer.functionError) throw new UnreachableError(`${name} failed: ${reasonIn(answer.text)}`);
    if (answer.status >= 300) throw errorOfAws(answer, called);
    // A refusal is answered as the function's result.
    return { status: problemIn(answer.text)?.status ?? answer.status, text: answer.text };
  };
}

/** As for the AWS command line: the environment, then the profile. */
async function configuredRegion(name: string): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  try {
    const configured = loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS);
    return AWS_REGION || AWS_DEFAULT_REGION || (await configured());
  } catch {
    throw refused(
      'invalid_request',
      `in which region is ${name}? Set AWS_REGION, or give the function's ARN`,
    );
  }
}

/** How Lambda describes what became of a function that broke off. */
const Broken = z.object({ errorMessage: z.string() });

function reasonIn(text: string): string {
  try {
    return Broken.parse(JSON.parse(text)).errorMessage;
  } catch {
    return 'Lambda does not say why';
  }
}
