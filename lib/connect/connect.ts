import { type Client, clientOver, createClient, type Transport } from '../client/index.ts';
import { addressOf } from './address.ts';

export interface ConnectOptions {
  /** Where the server is, in any of the forms that `addressOf` reads. */
  readonly server: string;
  /** For a server that asks for one; on AWS the credentials say who calls. */
  readonly token?: string | undefined;
}

/**
 * The typed client of a server, wherever it is. On AWS each request is signed with the caller's AWS credentials, which
 * are looked for where every AWS tool looks for them, and renewed when they expire.
 *
 * What is needed for AWS is loaded with the first call to it, so that who is not there does not wait for it.
 *
 * @throws TypeError for an address that is none
 */
export function connect(
  { server, token }: ConnectOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Client {
  const endpoint = awsEndpoint(env);
  const address = addressOf(server, { emulated: endpoint !== undefined });
  if (!address) throw new TypeError(`"${server}" is not the address of a server`);
  if (address.kind === 'http') return createClient({ server: address.url, token });
  if (address.kind === 'function-url') {
    const { url } = address;
    return clientOver(
      url,
      onFirstCall(async () =>
        (await import('./aws/over-function-url.ts')).overFunctionUrl(address, endpoint),
      ),
    );
  }
  return clientOver(
    server,
    onFirstCall(async () => (await import('./aws/over-invoke.ts')).overInvoke(address, endpoint)),
  );
}

/** Where AWS is, when it is an emulator. */
function awsEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.AWS_ENDPOINT_URL_LAMBDA || env.AWS_ENDPOINT_URL || undefined;
}

function onFirstCall(load: () => Promise<Transport>): Transport {
  let transport: Promise<Transport> | undefined;
  return async call => {
    transport ??= load();
    return (await transport)(call);
  };
}
