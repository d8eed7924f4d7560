import { REFUND_CAUSES } from '../domain/intake/words.ts';
import { defineList } from './define-list.ts';
import { policyYear } from './policy-year.ts';

/** 退费申请名单: who asked for a policy year's premium back, when, and for which cause. */
export const refundApplications = defineList({
  name: 'refund-applications',
  shape: 'EVENT',
  columns: [
    policyYear,
    { name: 'appliedOn', zh: '申请日期', holds: { kind: 'day' }, required: true },
    { name: 'cause', zh: '退费原因', holds: { kind: 'word', words: REFUND_CAUSES }, required: true },
  ],
  neededToRemove: [['policyYear', 'cause']],
  keyOf: (cells) => `${cells.policyYear}|${cells.cause}`,
  means: (cells, claim) => claim.attributes.policyYear === cells.policyYear,
  attributes: (cells) => ({ policyYear: cells.policyYear, appliedOn: cells.appliedOn, cause: cells.cause }),
  from: ({ appliedOn }) => appliedOn,
  to: ({ appliedOn }) => appliedOn,
});
