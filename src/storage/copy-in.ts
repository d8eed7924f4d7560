import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';

/** Rows on their way into a table by COPY. The connection does nothing else until it is ended. */
export interface CopyIn {
  /** Sends lines made by {@link copyLine}; waits where the server cannot keep up. */
  write(lines: string): Promise<void>;
  end(): Promise<void>;
}

/** Begins a COPY into columns of a table; both names are the caller's own. */
export function copyIn(client: pg.ClientBase, table: string, columns: readonly string[]): CopyIn {
  const stream = client.query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
  const over = finished(stream);
  // Told by the next write or the end; without a listener it would end the process in between.
  over.catch(() => undefined);
  return {
    write: async (lines) => {
      if (!stream.write(lines)) await Promise.race([once(stream, 'drain'), over]);
    },
    end: async () => {
      stream.end();
      await over;
    },
  };
}

/** No value, in COPY's text format. */
export const NOTHING = '\\N';

/** One line of COPY's text format. */
export const copyLine = (fields: readonly (string | number | null)[]): string =>
  `${fields.map((field) => (field === null ? NOTHING : copyField(String(field)))).join('\t')}\n`;

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A text as a field of COPY's text format. */
export const copyField = (text: string): string =>
  SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!) : text;
