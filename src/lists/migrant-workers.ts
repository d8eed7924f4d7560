import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 外出务工人员名单: who works away from home, from when to when. */
export const migrantWorkers = defineList({
  name: 'migrant-workers',
  shape: 'PERIOD',
  columns: [
    { name: 'from', zh: '外出日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'to', zh: '返乡日期', holds: { kind: 'day', future: 'allowed' }, required: false },
  ],
  neededToRemove: [],
  keyOf: ({ from }) => from,
  attributes: () => ({}),
  from: ({ from }) => from,
  to: ({ to }) => to ?? null,
  check: ({ from, to }) => daysInOrder(from, to, 'to'),
});
