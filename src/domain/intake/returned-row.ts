import type { Column, RowVerdict } from './list-definition.ts';

/**
 * Why a row is sent back, for the clerk who corrects it: its number in what was sent, then everything that rejects it, each
 * with the heading of its column and its stable code. Never repeats what the row says.
 */
export function reasonOf({ row, findings }: Pick<RowVerdict, 'row' | 'findings'>, columns: readonly Column[]): string {
  const headings = new Map(columns.map(({ name, zh }) => [name, zh]));
  const reasons = findings
    .filter(({ severity }) => severity === 'REJECT')
    .map(({ code, column, zh }) => {
      // A heading that the list has not is the sender's text.
      const heading = column === null ? undefined : headings.get(column);
      return `${heading === undefined ? '' : `${heading}：`}${zh}（${code}）`;
    });
  return [`原第 ${row} 行`, ...reasons].join('；');
}
