import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LIMITS } from '../../lib/contract/limits.ts';
import { openApiDocument } from '../../lib/contract/openapi.ts';
import { PROBLEMS } from '../../lib/contract/problems.ts';
import { problemsOf, routes } from '../../lib/contract/routes.ts';
import { startTestServer } from './support.ts';

const Reference = z.object({ $ref: z.string() });
const Content = z.record(z.string(), z.object({ schema: Reference }));
const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        summary: z.string().min(1),
        security: z.array(z.unknown()).optional(),
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
        requestBody: z.object({ required: z.boolean(), content: Content }).optional(),
        responses: z.record(z.string(), z.union([Reference, z.object({ content: Content })])),
      }),
    ),
  ),
  components: z.looseObject({
    schemas: z.record(
      z.string(),
      z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }),
    ),
    responses: z.record(z.string(), z.object({ description: z.string(), content: Content })),
  }),
});

const document = Document.parse(openApiDocument('1.2.3'));

/** Every `$ref` of a value, at any depth. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Reference.safeParse(value);
  return [...(own.success ? [own.data.$ref] : []), ...Object.values(value).flatMap(references)];
}

describe('the description of the API', () => {
  test('is served to anybody, as JSON, and is the file of the documentation', async () => {
    const server = await startTestServer({
      tokens: [{ token: 'token-of-admin-0123456789', user: 'admin', roles: [], admin: true }],
    });

    const response = await fetch(`${server.url}/v1/openapi.json`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const file = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
    expect(await response.json()).toEqual(JSON.parse(file));
  });

  test('has every verb under its name, with its reply', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, responses }]) => ({
        operationId,
        verb: `${method.toUpperCase()} ${path}`,
        success: Object.keys(responses).filter(status => status.startsWith('2')),
      })),
    );

    expect(described).toHaveLength(Object.keys(routes).length);
    for (const [operationId, { method, path, status }] of Object.entries(routes))
      expect(described).toContainEqual({
        operationId,
        verb: `${method} ${path}`,
        success: [String(status)],
      });
  });

  test('refers to nothing that it does not have', () => {
    for (const reference of references(document)) {
      const [, , kind, name = ''] = reference.split('/');
      expect(
        kind === 'responses' ? document.components.responses : document.components.schemas,
      ).toHaveProperty([name]);
    }
  });

  test('has no part that nothing refers to', () => {
    const used = new Set(references(document));

    expect(
      Object.keys(document.components.schemas).filter(name => !used.has(`#/components/schemas/${name}`)),
    ).toEqual([]);
  });

  test('says for each verb how it can be refused', () => {
    for (const route of Object.values(routes)) {
      const { responses } = document.paths[route.path]?.[route.method.toLowerCase()] ?? expect.unreachable();
      for (const code of problemsOf(route)) {
        const response = Reference.parse(responses[PROBLEMS[code].status]);
        const name = response.$ref.replace('#/components/responses/', '');
        expect(document.components.responses[name]?.description).toContain(`\`${code}\``);
        expect(Object.keys(document.components.responses[name]?.content ?? {})).toEqual([
          'application/problem+json',
        ]);
      }
    }
  });

  test.each([
    ['Reserve', 'count', { maximum: LIMITS.reserveCount, default: 1 }],
    ['Reserve', 'lanes', { minItems: 1, maxItems: LIMITS.lanes }],
    ['Done', 'done', { minItems: 1, maxItems: LIMITS.reports }],
    ['CreateProject', 'files', { minItems: 1, maxItems: LIMITS.inlineFiles }],
    ['CreateProject', 'title', { maxLength: LIMITS.titleLength, default: '' }],
    ['RestartProject', 'dids', { maxItems: LIMITS.restartDids }],
    ['FileSpec', 'name', { minLength: 1, maxLength: 512 }],
  ])('says the limits of %s.%s', (name, member, limits) => {
    expect(document.components.schemas[name]?.properties?.[member]).toMatchObject(limits);
  });

  test('says what the path and the query take', () => {
    const { parameters } = document.paths['/v1/projects/{project}/files']?.get ?? expect.unreachable();

    expect(parameters).toEqual([
      { name: 'project', in: 'path', required: true, schema: { $ref: '#/components/schemas/ProjectId' } },
      { name: 'state', in: 'query', schema: { $ref: '#/components/schemas/FileState' } },
      { name: 'worker', in: 'query', schema: { $ref: '#/components/schemas/WorkerId' } },
      { name: 'lane', in: 'query', schema: { $ref: '#/components/schemas/Lane' } },
      expect.objectContaining({
        name: 'after',
        schema: expect.objectContaining({ type: 'integer', default: 0 }),
      }),
      expect.objectContaining({
        name: 'limit',
        schema: expect.objectContaining({ type: 'integer', maximum: LIMITS.page, default: 100 }),
      }),
    ]);
  });

  test('asks for a token everywhere but for itself', () => {
    const open = Object.values(document.paths)
      .flatMap(methods => Object.values(methods))
      .filter(({ security }) => security?.length === 0);

    expect(open.map(({ operationId }) => operationId)).toEqual(['openapi']);
    expect(openApiDocument('1.2.3')).toMatchObject({
      openapi: '3.1.0',
      info: { version: '1.2.3' },
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    });
  });

  test('lets replies have further members, and requests not', () => {
    expect(document.components.schemas.Project).not.toHaveProperty('additionalProperties');
    expect(document.components.schemas.CreateProject).toMatchObject({ additionalProperties: false });
  });
});
