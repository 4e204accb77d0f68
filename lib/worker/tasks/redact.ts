/** What stands in place of what is secret. */
const INSTEAD = '***';

/** Takes out of texts what patterns find. */
export function redactor(patterns: readonly RegExp[]): (text: string) => string {
  const everywhere = patterns.map(
    ({ source, flags }) => new RegExp(source, `${flags.replace(/[gy]/g, '')}g`),
  );
  return text => everywhere.reduce((left, pattern) => left.replace(pattern, INSTEAD), text);
}
