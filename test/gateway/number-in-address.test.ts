import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsNumber } from '../../src/gateway/number-in-address.ts';
import { residentId } from '../support/id-numbers.ts';

const NUMBER = residentId(7, '1949-12-31', '110105');
const LETTERED = Array.from({ length: 40 }, (_, index) => residentId(index)).find((number) => number.endsWith('X'))!;

const wide = (text: string): string =>
  text.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
const arabic = (text: string): string => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
/** Every byte as `%XX`. */
const percent = (text: string): string => Buffer.from(text, 'utf8').toString('hex').replace(/../g, '%$&');
/** As Node hands over bytes that nobody encoded. */
const bare = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const spaced = (by: string, number = NUMBER): string =>
  `${number.slice(0, 6)}${by}${number.slice(6, 14)}${by}${number.slice(14)}`;

describe('an address holds the number of a document', () => {
  const cases: readonly (readonly [why: string, text: string])[] = [
    ['as it is', NUMBER],
    ['with X', LETTERED],
    ['with x', LETTERED.toLowerCase()],
    ['of fifteen digits', '110105491231002'],
    ['beside letters', `id${NUMBER}abc`],
    ['whose check digit is wrong', `${NUMBER.slice(0, 17)}${NUMBER.endsWith('1') ? '2' : '1'}`],
    ['in percent', percent(NUMBER)],
    ['in percent twice', percent(percent(NUMBER))],
    ['half in percent', `${NUMBER.slice(0, 9)}${percent(NUMBER.slice(9))}`],
    ['in %u', NUMBER.replace(/./g, (sign) => `%u00${sign.charCodeAt(0).toString(16)}`)],
    ['in wide digits', percent(wide(NUMBER))],
    ['with a wide X', percent(wide(LETTERED))],
    ['in wide digits, not encoded', bare(wide(NUMBER))],
    ['in Arabic digits', percent(arabic(NUMBER))],
    ...[' ', '-', '.', '\u3000', '\u200b', '\u00a0', '—', '\t'].map((by): [string, string] => [
      `with U+${by.charCodeAt(0).toString(16)} between`,
      percent(spaced(by)),
    ]),
    ['with + between', spaced('+')],
    ['with - between', spaced('-')],
    ['with blanks everywhere', encodeURIComponent([...NUMBER].join(' '))],
    ['of a disability certificate', `${NUMBER}43`],
    ['of a renewed disability certificate', `${LETTERED}43B1`],
    ['of a permit of Hong Kong', 'H12345678'],
    ['of a foreign resident', 'ABC110105123456'],
    ['of a birth certificate', 'R420123456'],
    ['of a passport', 'E12345678'],
  ];
  it.each(cases)('%s', (_, text) => {
    for (const address of [`/${text}`, `/persons/${text}/benefit`, `/graphql?id=${text}`, `/x?a=1&${text}&b`, text]) {
      expect([address, holdsNumber(address)]).toEqual([address, true]);
    }
  });
});

describe('an address that is the hub’s own holds none', () => {
  it.each([
    '/graphql',
    '/healthz',
    '/lists/hardship',
    '/.well-known/yidang-seal.jwks.json',
    '/audit/proof?from=1234567&until=9999999&submission=0199f3a1-1234-7123-8123-123456789012',
    '/comparisons/01990105-1949-7123-8100-220000000000/persons.csv?purpose=SUBSIDY_ADMINISTRATION',
    '/submissions/01990105-1949-7123-8100-220000000000/rejected.csv',
    // Without its hyphens it would hold a number with a birthday.
    '/submissions/a1101051-9491-2312-345a-bcdefabcdefa/rejected.csv',
    '/graphql?since=2026-03-16T09:00:00%2B08:00&until=2026-03-17T09:00:00.123Z',
    '/lists/students?period=2025-09-01..2026-08-31',
    '/x?tel=13800138000',
  ])('%s', (address) => expect(holdsNumber(address)).toBe(false));

  it('whatever ids it has given out', () => {
    fc.assert(fc.property(fc.uuid(), (id) => !holdsNumber(`/submissions/${id}/rejected.csv?after=${id}`)));
  });
});
