import { LIFE_EVENTS } from '../domain/intake/words.ts';
import { notBeforeBirth } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 服役服刑等事件名单: events after which a policy treats a person otherwise. */
export const lifeEvents = defineList({
  name: 'life-events',
  shape: 'EVENT',
  columns: [
    { name: 'kind', zh: '事件', holds: { kind: 'word', words: LIFE_EVENTS }, required: true },
    { name: 'happenedOn', zh: '发生日期', holds: { kind: 'day' }, required: true },
  ],
  neededToRemove: [['kind', 'happenedOn']],
  keyOf: ({ kind, happenedOn }) => `${kind}|${happenedOn}`,
  means: ({ kind }, claim) => claim.attributes.kind === kind,
  attributes: ({ kind, happenedOn }) => ({ kind, happenedOn }),
  from: ({ happenedOn }) => happenedOn,
  to: ({ happenedOn }) => happenedOn,
  check: ({ happenedOn }, row) => notBeforeBirth(happenedOn, row, 'happenedOn'),
});
