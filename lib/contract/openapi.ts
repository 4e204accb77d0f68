import type * as z from 'zod';
import { LIMITS } from './limits.ts';
import {
  type JsonSchema,
  referTo,
  replySide,
  requestSide,
  type Side,
  schemasUsed,
} from './openapi-schemas.ts';
import { namesIn, PATH_NAMES } from './path.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import { problemsOf, type Route, routes } from './routes.ts';

const DESCRIPTION = `Hands out the files of projects, and named tasks, to workers anywhere.

Every error is a problem document (RFC 9457): a program decides by its \`code\`, a person reads its \`detail\`.
A request may have ${LIMITS.bodyBytes} bytes. Members of replies that a client does not know are to be ignored.`;

/** The OpenAPI 3.1 document of the API, as plain JSON; https://spec.openapis.org/oas/v3.1.1.html. */
export function openApiDocument(version: string): { openapi: string; [member: string]: unknown } {
  const requests = requestSide();
  const replies = replySide();
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, JsonSchema> = {};
  const refusals: Record<string, object> = {};
  for (const [name, route] of Object.entries(routes)) {
    const asked = { ...parametersOf(route, requests), ...bodyOf(route, requests) };
    const responses: Record<string, object> = successOf(route, replies);
    for (const [status, codes] of Object.entries(refusalsOf(route))) {
      responses[status] = { $ref: `#/components/responses/${refusalName(codes)}` };
      refusals[refusalName(codes)] = refusal(codes);
    }
    Object.assign(schemas, schemasUsed(asked, requests), schemasUsed([responses, refusals], replies));
    const { summary, isOpen } = route;
    const operation = { operationId: name, summary, ...(isOpen && { security: [] }), ...asked, responses };
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: refusals,
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function hasBody({ method }: Route): boolean {
  return method === 'POST' || method === 'PUT';
}

/** What the path names, and what the query may have. */
function parametersOf(route: Route, side: Side): { parameters?: object[] } {
  const query = hasBody(route) ? undefined : side.schemas[side.nameOf(route.input) ?? ''];
  const parameters = [
    ...namesIn(route.path).map(name => ({
      name,
      in: 'path',
      required: true,
      schema: referTo(PATH_NAMES[name].schemaName),
    })),
    ...Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      ...(query?.required?.includes(name) && { required: true }),
      schema,
    })),
  ];
  return parameters.length > 0 ? { parameters } : {};
}

/** A verb whose input has no name takes no body; one that needs no member can do without. */
function bodyOf(route: Route, side: Side): { requestBody?: object } {
  const name = hasBody(route) ? side.nameOf(route.input) : undefined;
  if (name === undefined) return {};
  const required = !route.input.safeParse({}).success;
  return { requestBody: { required, content: json(referTo(name)) } };
}

function successOf({ status, reply, summary }: Route, side: Side): Record<string, object> {
  return { [status]: { description: summary, content: json(referTo(nameOf(reply, side))) } };
}

function nameOf(reply: z.ZodType, side: Side): string {
  const name = side.nameOf(reply);
  if (name === undefined) throw new Error('a reply is not among the named types of the contract');
  return name;
}

/** The problems of a verb by their statuses. */
function refusalsOf(route: Route): Record<string, ProblemCode[]> {
  return Object.fromEntries(Map.groupBy(problemsOf(route), code => PROBLEMS[code].status));
}

/** Which problems share a status differs between verbs; a reply is named after those it can be. */
function refusalName(codes: readonly ProblemCode[]): string {
  return codes.join('-or-');
}

function refusal(codes: readonly ProblemCode[]): object {
  const schema = { ...referTo('Problem'), properties: { code: { enum: [...codes] } } };
  return {
    description: codes.map(code => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
    content: { 'application/problem+json': { schema } },
  };
}

function json(schema: JsonSchema): object {
  return { 'application/json': { schema } };
}
