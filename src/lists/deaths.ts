import { notBeforeBirth } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 死亡人员名单: who died when. Several offices report the same death; how many must agree is the jurisdiction's rule. */
export const deaths = defineList({
  name: 'deaths',
  shape: 'EVENT',
  columns: [{ name: 'diedOn', zh: '死亡日期', holds: { kind: 'day' }, required: true }],
  neededToRemove: [],
  keyOf: () => '',
  attributes: ({ diedOn }) => ({ diedOn }),
  from: ({ diedOn }) => diedOn,
  to: ({ diedOn }) => diedOn,
  check: ({ diedOn }, row) => notBeforeBirth(diedOn, row, 'diedOn'),
});
