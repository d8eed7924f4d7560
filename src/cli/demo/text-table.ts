/** Characters that take two columns of a terminal: Chinese, its punctuation, full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  return [...text].reduce((columns, character) => columns + (WIDE.test(character) ? 2 : 1), 0);
}

/** A cell: one line, or several below one another. */
export type Cell = string | readonly string[];

/** Lays rows out in columns as wide as their widest line, under a head of one or more lines and a rule. */
export function textTable(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].flatMap((row) => linesOf(row[column]).map(columnsOf))),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('─┼─');
  return [...laidOut(head, widths), rule, ...rows.flatMap((row) => laidOut(row, widths))];
}

function laidOut(row: readonly Cell[], widths: readonly number[]): string[] {
  const cells = row.map(linesOf);
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, column) => padded(cells[column]?.[line] ?? '', width))
      .join(' │ ')
      .trimEnd(),
  );
}

const linesOf = (cell: Cell | undefined): readonly string[] => (typeof cell === 'string' ? [cell] : (cell ?? []));

const padded = (text: string, width: number): string => text + ' '.repeat(width - columnsOf(text));
