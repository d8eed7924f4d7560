import type { Column } from '../domain/intake/list-definition.ts';
import { ID_TYPES, ROW_CHANGES } from '../domain/intake/words.ts';

const WHO: readonly Column[] = [
  { name: 'name', zh: '姓名', holds: { kind: 'text', maxLength: 100 }, required: true },
  { name: 'idNumber', zh: '证件号码', holds: { kind: 'id-number' }, required: true },
  { name: 'idType', zh: '证件类型', holds: { kind: 'word', words: ID_TYPES }, required: false },
];

const WHERE_AND_HOW: readonly Column[] = [
  { name: 'regionCode', zh: '行政区划代码', holds: { kind: 'region-code' }, required: false },
  { name: 'change', zh: '变更方式', holds: { kind: 'word', words: ROW_CHANGES }, required: false },
];

/** A list's own columns between those that every list has: who is meant before them, place and kind of change after. */
export function commonColumns(own: readonly Column[]): readonly Column[] {
  const isOwn = (column: Column): boolean => own.some(({ name }) => name === column.name);
  return [...WHO, ...own, ...WHERE_AND_HOW.filter((column) => !isOwn(column))];
}
