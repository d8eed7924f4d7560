import { REGISTRATIONS } from '../domain/intake/words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';
import { checkOtherId, OTHER_ID_COLUMNS, otherIdOf } from './other-id.ts';

/** 户籍和居住证人员名单: in which household and place a person is registered, and how, from when to when. */
export const residents = defineList({
  name: 'residents',
  shape: 'PERIOD',
  columns: [
    { name: 'householdNumber', zh: '户号', holds: { kind: 'text', maxLength: 50 }, required: true },
    { name: 'registration', zh: '登记类型', holds: { kind: 'word', words: REGISTRATIONS }, required: true },
    { name: 'regionCode', zh: '行政区划代码', holds: { kind: 'region-code' }, required: true },
    { name: 'from', zh: '登记日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'to', zh: '注销日期', holds: { kind: 'day', future: 'allowed' }, required: false },
    ...OTHER_ID_COLUMNS,
  ],
  neededToRemove: [],
  keyOf: () => '',
  attributes: ({ householdNumber, registration }) => ({ householdNumber, registration }),
  from: ({ from }) => from,
  to: ({ to }) => to ?? null,
  check: (cells, { subject }) => [...daysInOrder(cells.from, cells.to, 'to'), ...checkOtherId(cells, subject)],
  otherDocuments: otherIdOf,
});
