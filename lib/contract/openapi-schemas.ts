import * as z from 'zod';
import * as attributes from './attributes.ts';
import * as json from './json.ts';
import * as problems from './problems.ts';
import * as projects from './projects.ts';
import * as queues from './queues.ts';
import * as replies from './replies.ts';
import { Health, OpenApi } from './routes.ts';
import { Sites } from './sites.ts';
import * as tasks from './tasks.ts';
import * as webhooks from './webhooks.ts';
import * as words from './words.ts';
import * as work from './work.ts';
import * as workers from './workers.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const WHERE = '#/components/schemas/';

/** Types have the names in the document that they have here. */
const NAMED = {
  ...attributes,
  ...json,
  ...words,
  ...projects,
  ...work,
  ...queues,
  ...tasks,
  ...replies,
  ...workers,
  ...webhooks,
};

/** The schemas of one side of the wire, by name. */
export interface Side {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** The name of a schema that has one. */
  nameOf(schema: z.ZodType): string | undefined;
}

/** What callers send, before defaults. */
export function requestSide(): Side {
  return sideOf({ ...NAMED, NewSites: Sites }, 'input');
}

/** What they receive. */
export function replySide(): Side {
  return sideOf({ ...NAMED, ...problems, Health, OpenApi, Sites }, 'output');
}

export function referTo(name: string): JsonSchema {
  return { $ref: WHERE + name };
}

/** The schemas that a part of the document refers to, and those that these refer to, by name. */
export function schemasUsed(part: unknown, { schemas }: Side): Record<string, JsonSchema> {
  const used: Record<string, JsonSchema> = {};
  const look = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    if ('$ref' in value && typeof value.$ref === 'string') {
      const name = value.$ref.slice(WHERE.length);
      const schema = schemas[name];
      if (schema && !used[name]) {
        used[name] = schema;
        look(schema);
      }
    }
    Object.values(value).forEach(look);
  };
  look(part);
  return used;
}

function sideOf(named: Readonly<Record<string, unknown>>, io: 'input' | 'output'): Side {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named))
    if (schema instanceof z.ZodType) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: id => WHERE + id,
    // Whatever JSON it is, it is an object; what else a check in code says cannot be written as a schema.
    unrepresentable: ({ zodSchema }) => (zodSchema instanceof z.ZodCustom ? { type: 'object' } : 'throw'),
    override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema, io),
  });
  return {
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([name, { $id: _, $schema: __, ...schema }]) => [name, schema]),
    ),
    nameOf: schema => registry.get(schema)?.id,
  };
}

/** Leaves out what only JavaScript needs to know, and what would forbid that replies get further members. */
function simplify({ _zod: { def } }: z.core.$ZodTypes, schema: JsonSchema, io: 'input' | 'output'): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
  // zod leaves out the default of what is made from text, as the numbers of a query are.
  if (def.type === 'default') schema.default = def.defaultValue;
}
