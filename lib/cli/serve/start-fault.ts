import { EXIT } from '../exit-codes.ts';
import { CliError } from '../frame/errors.ts';

interface Attempt {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
}

/** Says in one sentence why the server did not start. */
export function startFault(cause: unknown, { folder, host, port }: Attempt): CliError {
  const because = (code: string, sentence: string) =>
    new CliError(EXIT.unavailable, code, sentence, { cause });
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/is in use by another process/.test(message)) {
    return because('database_in_use', `${folder} is in use by another sluice; --dir takes another folder`);
  }
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return because('port_in_use', `port ${port} of ${host} is in use; --port takes another`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return because('no_such_address', `${host} is not an address of this machine`);
    default:
      return because('cannot_start', `it cannot start: ${message}`);
  }
}
