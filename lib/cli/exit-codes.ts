/**
 * What the process ends with. Scripts branch on these numbers: they never change their meaning, and none is
 * used for two things.
 */
export const EXIT = {
  ok: 0,
  no: 1,
  usage: 2,
  timeout: 3,
  done: 4,
  refused: 10,
  notFound: 11,
  notAllowed: 12,
  unavailable: 13,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof EXIT;
export type ExitCode = (typeof EXIT)[ExitName];

/** One sentence for each, as `sluice help` shows them. */
export const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  ok: 'It worked.',
  no: 'It worked, and the answer is no, as where a watched project or task ended failed.',
  usage: 'The command line is wrong; nothing was asked of the server.',
  timeout: '`worker next`: nothing to do now; `timeout` is on standard output.',
  done: '`worker next`: the project is over; `done` is on standard output.',
  refused: 'The server refused the request as malformed or in conflict with its state.',
  notFound: 'The server does not know what was named.',
  notAllowed: 'The token, or on AWS the credentials, are missing or wrong, or do not allow this.',
  unavailable: 'The server cannot be reached or failed; asking again later may work.',
  internal: 'A fault of sluice itself.',
  interrupted: 'Ended by SIGINT (Ctrl-C).',
  terminated: 'Ended by SIGTERM.',
};

/** The exit code for an HTTP answer that was not a success. */
export function exitCodeOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  if (status === 404) return EXIT.notFound;
  return status >= 500 ? EXIT.unavailable : EXIT.refused;
}
