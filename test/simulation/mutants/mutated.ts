import type { Mutant } from './mutant.ts';

/** A source with the mutant's text replaced. Fails unless the text is there exactly once. */
export function mutated({ name, file, text, becomes }: Mutant, source: string): string {
  const parts = source.split(text);
  if (parts.length !== 2)
    throw new Error(`"${name}": its text is ${parts.length - 1} times in ${file}, and not once`);
  return parts.join(becomes);
}
