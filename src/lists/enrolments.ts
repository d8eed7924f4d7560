import { ENROLMENT_END_CAUSES, SCHEMES } from '../domain/intake/words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 参保关系名单: in which scheme and place a person is insured, from when to when, and why it ended. */
export const enrolments = defineList({
  name: 'enrolments',
  shape: 'PERIOD',
  columns: [
    { name: 'scheme', zh: '险种', holds: { kind: 'word', words: SCHEMES }, required: true },
    { name: 'region', zh: '参保地区划代码', holds: { kind: 'region-code' }, required: true },
    { name: 'from', zh: '参保开始日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'to', zh: '参保结束日期', holds: { kind: 'day', future: 'allowed' }, required: false },
    { name: 'endedBecause', zh: '停保原因', holds: { kind: 'word', words: ENROLMENT_END_CAUSES }, required: false },
    { name: 'backPaidMonths', zh: '补缴月数', holds: { kind: 'whole-number', min: 0, max: 600 }, required: false },
  ],
  neededToRemove: [['scheme', 'region']],
  keyOf: ({ scheme, region, from }) => `${scheme}|${region}|${from}`,
  means: ({ scheme, region }, { attributes }) => attributes.scheme === scheme && attributes.region === region,
  attributes: ({ scheme, region, endedBecause, backPaidMonths }) => ({ scheme, region, endedBecause, backPaidMonths }),
  from: ({ from }) => from,
  to: ({ to }) => to ?? null,
  check: ({ from, to }) => daysInOrder(from, to, 'to'),
});
