import type { ServerResponse } from 'node:http';
import { PROBLEMS, type Problem, type ProblemCode } from '../contract/problems.ts';

/** Answers with a problem document (RFC 9457). */
export function sendProblem(response: ServerResponse, code: ProblemCode, detail: string): void {
  const { status, title } = PROBLEMS[code];
  const problem: Problem = { type: `urn:sluice:problem:${code}`, title, status, code, detail };
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
}
