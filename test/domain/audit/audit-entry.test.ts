import { describe, expect, it } from 'vitest';
import { auditEntry, canonicalText, readEntry, type AuditEntry } from '../../../src/domain/audit/audit-entry.ts';

const usual = auditEntry({
  at: new Date('2026-03-02T02:00:00.123Z'),
  actor: { client: '130628:tax', key: null, operator: null },
  request: '018f',
  operation: 'PersonRecord',
  act: 'findPeople',
});

/** The text of the last of them. */
const SEALED =
  '{"v":2,"at":"2026-03-02T02:00:00.123Z","client":"130628:tax","request":"018f","operation":"PersonRecord","act":"findPeople","decision":"GRANTED","person":"p","sealedBecause":"AQEAAAAB"}';

const ENTRIES: readonly (readonly [why: string, entry: AuditEntry, text: string])[] = [
  [
    'says no more than there is',
    usual,
    '{"v":1,"at":"2026-03-02T02:00:00.123Z","client":"130628:tax","request":"018f","operation":"PersonRecord","act":"findPeople","decision":"GRANTED"}',
  ],
  [
    'has its members in one order',
    {
      ...usual,
      signature: 'key.value',
      digest: 'ab',
      count: 0,
      everybody: true,
      submissions: ['s'],
      revealBecause: '当面"核对"\n',
      kinds: ['RECORD', 'NUMBERS'],
      knownAt: new Date('2026-03-01T00:00:00Z'),
      person: 'p',
      scopes: ['person:read', 'benefit:read'],
      purpose: 'AUDIT',
      reason: 'FORBIDDEN',
      decision: 'DENIED',
      actor: { client: '130628:tax', key: 'k', operator: 'li.na' },
    },
    '{"v":1,"at":"2026-03-02T02:00:00.123Z","client":"130628:tax","key":"k","operator":"li.na","request":"018f","operation":"PersonRecord","act":"findPeople","decision":"DENIED","reason":"FORBIDDEN","purpose":"AUDIT","scopes":["person:read","benefit:read"],"person":"p","knownAt":"2026-03-01T00:00:00.000Z","kinds":["RECORD","NUMBERS"],"revealBecause":"当面\\"核对\\"\\n","submissions":["s"],"everybody":true,"count":0,"digest":"ab","signature":"key.value"}',
  ],
  ['one whose reason lies sealed is of another form', { ...usual, person: 'p', sealedBecause: 'AQEAAAAB' }, SEALED],
];

describe('the text of an entry', () => {
  it.each(ENTRIES)('%s, and reads back as it was', (_why, entry, text) => {
    expect(canonicalText(entry)).toBe(text);
    expect(readEntry(text)).toEqual(entry);
  });

  const [, , text] = ENTRIES[0]!;
  it.each([
    ['no JSON', 'entry'],
    ['nothing', ''],
    ['a list', '[]'],
    ['another form', text.replace('"v":1', '"v":2')],
    ['another order', text.replace('{"v":1,', '{').replace('}', ',"v":1}')],
    ['a member twice', text.replace('{"v":1,', '{"v":1,"act":"x",')],
    ['a member that no entry has', text.replace('}', ',"name":"x"}')],
    ['a blank', text.replace('{', '{ ')],
    ['another way to write an instant', text.replace('.123Z', '.1230Z')],
    ['of the form before, with a sealed reason', SEALED.replace('"v":2', '"v":1')],
    ['no instant', text.replace(/"at":"[^"]*"/, '"at":"yesterday"')],
  ])('is not read where it is %s', (_why, other) => {
    expect(readEntry(other)).toBeUndefined();
  });
});
