/** An NDJSON manifest of so many files, a thousand lines at a time. */
export function* manifestLines(files: number): Generator<Buffer> {
  for (let first = 0; first < files; first += 1000) {
    const count = Math.min(1000, files - first);
    yield Buffer.from(Array.from({ length: count }, (_, offset) => line(first + offset)).join(''));
  }
}

function line(number: number): string {
  const name = `file-${String(number).padStart(8, '0')}.root`;
  const replicas = [{ url: `https://store.example/mc/${name}`, site: 'FNAL' }];
  return `${JSON.stringify({ namespace: 'mc', name, size: 1_000_000 + number, replicas })}\n`;
}
