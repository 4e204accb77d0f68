/** What stands in a command for something of the file. */
export type Placeholder = 'path' | 'url' | 'did' | 'out';

const PLACEHOLDER = /\{(path|url|did|out)\}/g;

/** The placeholders that a command has, anywhere in its arguments. */
export function placeholdersOf(command: readonly string[]): ReadonlySet<string> {
  return new Set(
    command.flatMap(argument => [...argument.matchAll(PLACEHOLDER)].map(([, word = '']) => word)),
  );
}

/** Puts values in the places of the placeholders in an argument; other words in braces stay as they are. */
export function fill(argument: string, values: Readonly<Record<Placeholder, string>>): string {
  return argument.replace(PLACEHOLDER, (_, word: Placeholder) => values[word]);
}
