import { parseJson } from './file-of-row.ts';
import { LineSplitter } from './lines.ts';
import type { RowParser, RowSink } from './rows.ts';

/** Reads NDJSON: one JSON value a line. */
export function ndjsonRows(sink: RowSink): RowParser {
  return rowPerLine(sink, (line, text) => sink.add(line, () => parseJson(text)));
}

/** Reads one DID a line; what begins with # is a comment. Spaces around a DID are no part of it. */
export function didLineRows(sink: RowSink): RowParser {
  return rowPerLine(sink, (line, text) => {
    if (!text.startsWith('#')) sink.add(line, () => text);
  });
}

/** Gives each line that is not blank, trimmed. */
function rowPerLine(sink: RowSink, readLine: (line: number, text: string) => void): RowParser {
  return new LineSplitter({
    readLine(line, text) {
      const row = text.trim();
      if (row !== '') readLine(line, row);
    },
    skipLine: (line, message) => sink.fault(line, message),
  });
}
