/** Members of what was sent over the wire, read without Sluice's own schemas. */

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function list(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

export function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

export function number(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === 'number' ? found : Number.NaN;
}
