import type { Column } from '../../../domain/intake/list-definition.ts';
import { getList } from '../../../lists/registry.ts';
import type { MadeList } from './made-lists.ts';

/** Rows that are looked at to tell which columns a list fills. */
const ROWS_LOOKED_AT = 1_000;

/** The columns that a made list fills, in the order of the list's definition, with the headings a clerk knows. */
export function filledColumns(list: MadeList): readonly Column[] {
  const looked = Array.from({ length: Math.min(list.rows, ROWS_LOOKED_AT) }, (_, index) => list.rowAt(index));
  const filled = new Set(looked.flatMap((row) => Object.keys(row)));
  return getList(list.list).columns.filter(({ name }) => filled.has(name));
}

/** A cell as text, as a clerk's spreadsheet would show it. */
export function textOf(cell: unknown): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'boolean') return cell ? '是' : '否';
  return String(cell);
}
