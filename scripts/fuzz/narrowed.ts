import * as z from 'zod';

/** What there is on a server, by the name that the document has for such values. */
export type Real = Readonly<Record<string, readonly (string | number)[]>>;

const WHERE = '#/components/schemas/';
const Json = z.record(z.string(), z.unknown());
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Json)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** An OpenAPI document by which requests name only what there is; replies stay as they are. */
export function narrowed(document: unknown, real: Real): unknown {
  const { paths, components, ...rest } = Document.parse(document);
  const schemas: Record<string, unknown> = { ...components.schemas };
  for (const [name, schema] of Object.entries(components.schemas))
    schemas[nameIn(name)] = real[name] ? { enum: real[name] } : redirected(schema);
  return {
    ...rest,
    paths: mapValues(paths, operations =>
      mapValues(operations, ({ parameters, requestBody, ...operation }) => ({
        ...operation,
        ...(parameters !== undefined && { parameters: redirected(parameters) }),
        ...(requestBody !== undefined && { requestBody: redirected(requestBody) }),
      })),
    ),
    components: { ...components, schemas },
  };
}

/** The name of a type as requests have it. */
function nameIn(name: string): string {
  return `${name}-in-requests`;
}

/** The same, with references to the types as requests have them. */
function redirected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redirected);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string')
    return { $ref: WHERE + nameIn(value.$ref.slice(WHERE.length)) };
  return mapValues(Json.parse(value), redirected);
}

function mapValues<T, R>(values: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
