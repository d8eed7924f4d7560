import { PAYMENT_CHANNELS } from '../domain/intake/words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';
import { policyYear } from './policy-year.ts';

/** 缴费名单: who paid how much for which policy year, when it was paid and when credited. */
export const payments = defineList({
  name: 'payments',
  shape: 'EVENT',
  columns: [
    policyYear,
    { name: 'amount', zh: '缴费金额（元）', holds: { kind: 'money' }, required: true },
    { name: 'paidOn', zh: '缴费日期', holds: { kind: 'day' }, required: true },
    { name: 'creditedOn', zh: '到账日期', holds: { kind: 'day', future: 'allowed' }, required: false },
    { name: 'channel', zh: '缴费渠道', holds: { kind: 'word', words: PAYMENT_CHANNELS }, required: true },
    { name: 'receiptNumber', zh: '票据号', holds: { kind: 'text', maxLength: 64 }, required: false },
  ],
  neededToRemove: [['receiptNumber'], ['policyYear', 'paidOn', 'amount']],
  keyOf: (cells) => cells.receiptNumber ?? `${cells.policyYear}|${cells.paidOn}|${cells.amount}`,
  means: (cells, claim) => claim.attributes.policyYear === cells.policyYear,
  attributes: (cells) => ({
    policyYear: cells.policyYear,
    amount: cells.amount,
    paidOn: cells.paidOn,
    creditedOn: cells.creditedOn,
    channel: cells.channel,
    receiptNumber: cells.receiptNumber,
  }),
  from: ({ paidOn }) => paidOn,
  to: ({ paidOn }) => paidOn,
  check: ({ paidOn, creditedOn }) => daysInOrder(paidOn, creditedOn, 'creditedOn'),
});
