import { defineList } from './define-list.ts';
import { checkOtherId, OTHER_ID_COLUMNS, otherIdOf } from './other-id.ts';
import { policyYear } from './policy-year.ts';

/** 参保登记名单: who registered for a policy year's cover, and when. */
export const registrations = defineList({
  name: 'registrations',
  shape: 'EVENT',
  columns: [
    policyYear,
    { name: 'registeredOn', zh: '登记日期', holds: { kind: 'day' }, required: true },
    ...OTHER_ID_COLUMNS,
  ],
  neededToRemove: [['policyYear']],
  keyOf: (cells) => String(cells.policyYear),
  means: (cells, claim) => claim.attributes.policyYear === cells.policyYear,
  attributes: (cells) => ({ policyYear: cells.policyYear, registeredOn: cells.registeredOn }),
  from: ({ registeredOn }) => registeredOn,
  to: ({ registeredOn }) => registeredOn,
  check: (cells, { subject }) => checkOtherId(cells, subject),
  otherDocuments: otherIdOf,
});
