import { describe, expect, it } from 'vitest';
import { decideRead, type ReadRight } from '../../../src/domain/access/decide-read.ts';
import { SeenRecord } from '../../../src/domain/access/seen-record.ts';
import {
  mayKnowOf,
  visibleClaims,
  withheldValue,
  withholdSources,
  type VisibleRecord,
} from '../../../src/domain/access/withhold-fields.ts';
import { sourceOf } from '../../../src/domain/claims/claim.ts';
import type { BenefitDecision } from '../../../src/domain/policy/decision.ts';
import type { ListName } from '../../../src/domain/intake/words.ts';
import { mergeClaims } from '../../../src/domain/person/merge-claims.ts';
import { claimsOfList } from '../../support/claims.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../../support/jurisdictions.ts';

function rightTo(lists: 'ALL' | readonly ListName[], revealBecause?: string): ReadRight {
  const here = jurisdictionWith({ town: readerGrant({ lists, reveal: revealBecause !== undefined }) });
  const caller = { ...callerOf(here, 'town'), ...(revealBecause === undefined ? {} : { revealBecause }) };
  const right = decideRead(caller, here, 'LIST_VERIFICATION');
  if (!right.ok) throw new Error('the grant of this test does not read');
  return right.value;
}

const claims = [
  ...claimsOfList('hardship', [
    {
      agency: 'civil-affairs',
      attributes: { name: '张三', category: 'SUBSISTENCE_ALLOWANCE', word: '低保对象', regionCode: '130628101203' },
    },
  ]),
  ...claimsOfList('deaths', [{ agency: 'health', attributes: { name: '张山', diedOn: '2025-03-01' } }], 10),
  ...claimsOfList(
    'residents',
    [
      {
        agency: 'public-security',
        validFrom: '2020-01-01',
        attributes: { name: '张三', householdNumber: '130628-1', registration: 'HUKOU' },
      },
    ],
    20,
  ),
];
const facts = { id: claims[0]!.subjectKey, subjects: [], claims };
const record = mergeClaims(facts, jurisdictionWith({}), '2025-06-01');

/** Every value of the record as somebody with the right sees it. */
function seenBy(right: ReadRight): VisibleRecord {
  const seen = new SeenRecord(facts, right, '2025-06-01');
  const { name, birthDate, sex, death, householdNumber, regionCode, hardship, disability } = seen;
  return { name, birthDate, sex, death, householdNumber, regionCode, hardship, disability };
}

describe('what a caller sees of a person', () => {
  it('is everything where every list is granted, and there is a reason to see names whole', () => {
    expect(visibleClaims(claims, rightTo('ALL', '核对'))).toEqual(claims);
    expect(seenBy(rightTo('ALL', '核对'))).toEqual(record);
  });

  it('has names and numbers of certificates masked without a reason, wherever they stand', () => {
    const certificate = claimsOfList('disability', [
      { attributes: { name: '欧阳娜娜', type: 'LIMB', level: 2, certificateNumber: '13062819900307001X42' } },
    ]);
    const seen = [...visibleClaims([...claims, ...certificate], rightTo('ALL')), seenBy(rightTo('ALL'))];
    expect(JSON.stringify(seen)).not.toMatch(/张三|张山|阳|娜|19900307/);
    expect(seen.at(-2)).toMatchObject({
      attributes: { name: '欧***', level: 2, certificateNumber: `130${'*'.repeat(13)}1X42` },
    });
  });

  it('is the claims of granted lists', () => {
    expect(visibleClaims(claims, rightTo(['deaths'])).map(({ list }) => list)).toEqual(['deaths']);
    expect(visibleClaims(claims, rightTo([]))).toEqual([]);
  });

  it('names the person, but no source, rival, death or household that a list not granted gives', () => {
    expect(seenBy(rightTo([]))).toEqual({
      name: { value: '张*', sources: [], others: [] },
      birthDate: null,
      sex: null,
      death: null,
      householdNumber: null,
      regionCode: null,
      hardship: [],
      disability: [],
    });
  });

  it('includes place and identities where the list that tells them is granted', () => {
    expect(record).toMatchObject({ regionCode: { value: '130628101203' }, hardship: [{ value: '../..' }] });
    const seen = seenBy(rightTo(['hardship']));
    expect(seen).toMatchObject({ regionCode: record.regionCode, hardship: record.hardship });
  });

  it('has no lesser value in the place of one that counts and is not granted', () => {
    const [counts, other] = ['1', '2'].map((value, index) => ({ value, sources: [sourceOf(claims[index]!)] }));
    const disputed = { ...counts!, others: [other!] };
    expect(withheldValue('regionCode', disputed, rightTo(['deaths']))).toBeNull();
    expect(withheldValue('regionCode', disputed, rightTo(['hardship']))).toMatchObject({ value: '1', others: [] });
  });

  it('includes death and household where their lists are granted', () => {
    const seen = seenBy(rightTo(['deaths', 'residents']));
    expect(seen.death).toEqual(record.death);
    expect(seen.householdNumber).toEqual(record.householdNumber);
    expect(seen.name?.sources.map(({ list }) => list)).toEqual(['residents']);
    expect(seen.name?.others.map(({ value }) => value)).toEqual(['张*']);
  });
});

describe('whom a caller may know of', () => {
  it('is everybody where the grant says so, else those of whom it has spoken', () => {
    const own = claimsOfList('migrant-workers', [{ agency: 'town', attributes: { name: '张三' } }], 30);
    expect(mayKnowOf({ ...rightTo(['payments']), knows: 'EVERYBODY' }, claims)).toBe(true);
    expect(mayKnowOf(rightTo(['deaths', 'residents']), claims)).toBe(false);
    expect(mayKnowOf(rightTo([]), [...claims, ...own])).toBe(true);
  });
});

describe('the rows behind a decision', () => {
  const source = sourceOf(claims[0]!);
  const step = { rule: 'GY26-2.3b', outcome: { zh: '', en: '' }, inputs: [], claims: claims.map(sourceOf) };
  const decision = {
    candidates: [{ category: 'SUBSISTENCE_ALLOWANCE', claims: [source] }],
    steps: [step],
    category: 'SUBSISTENCE_ALLOWANCE',
  } as unknown as BenefitDecision;

  it('are named only where their lists are granted; what was decided stays', () => {
    const seen = withholdSources(decision, rightTo(['deaths']));
    expect(seen.steps[0]?.claims.map(({ list }) => list)).toEqual(['deaths']);
    expect(seen.candidates[0]?.claims).toEqual([]);
    expect(seen.category).toBe('SUBSISTENCE_ALLOWANCE');
    expect(withholdSources(decision, rightTo('ALL'))).toEqual(decision);
  });
});
