import { describe, expect, test } from 'vitest';
import {
  householdStatus,
  memberEnrolment,
  type HouseholdStatus,
  type MemberEnrolment,
} from '../../../src/domain/policy/household-enrolment.ts';
import { endOfDayInShanghai } from '../../../src/domain/time/plain-date.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { residentId } from '../../support/id-numbers.ts';
import { takeIn, type StoryPush } from '../../support/story-facts.ts';

const pack = readPacks('packs').find(({ id }) => id === 'gaoyang-2026')!;
const deathRule = { sources: ['civil-affairs', 'health'], mustAgree: 2 } as const;
const WHO = { name: '张三', idNumber: residentId(7) };
const ON = '2025-11-20';

const enrolled = (scheme: string, region: string, from: string, to?: string): StoryPush => ({
  on: '2025-10-01',
  agency: 'medical-insurance',
  list: 'enrolments',
  rows: [{ scheme, region, from, to }],
});
const event = (kind: string, happenedOn: string): StoryPush => ({
  on: '2025-10-01',
  agency: 'veterans',
  list: 'life-events',
  rows: [{ kind, happenedOn }],
});
const died = (agency: 'civil-affairs' | 'health', diedOn = '2025-09-30'): StoryPush => ({
  on: '2025-10-01',
  agency,
  list: 'deaths',
  rows: [{ diedOn }],
});
const paid: StoryPush = {
  on: '2025-11-18',
  agency: 'tax',
  list: 'payments',
  rows: [{ policyYear: 2026, amount: '400.00', paidOn: '2025-11-17', channel: 'ONLINE' }],
};
const destitute: StoryPush = {
  on: '2025-10-01',
  agency: 'civil-affairs',
  list: 'hardship',
  rows: [{ category: '特困人员', from: '2020-01-01' }],
};
const refunded: StoryPush = {
  on: '2025-11-19',
  agency: 'tax',
  list: 'refund-applications',
  rows: [{ policyYear: 2026, appliedOn: '2025-11-19', cause: 'EMPLOYEE_INSURANCE' }],
};
const EMPLOYED = enrolled('EMPLOYEE', '130628', '2025-01-01');

test.each<[why: string, pushes: readonly StoryPush[], enrolment: MemberEnrolment]>([
  ['who paid is enrolled', [paid], 'ENROLLED'],
  ['who paid and was given it back is not', [paid, EMPLOYED, refunded], 'EMPLOYEE_SCHEME'],
  ['who is insured here for the year is enrolled', [enrolled('RESIDENT', '130628', '2026-01-01')], 'ENROLLED'],
  [
    'last year’s relation, never ended, says nothing of this one',
    [enrolled('RESIDENT', '130628', '2025-01-01')],
    'NOT_ENROLLED',
  ],
  ['nor does one that ended with it', [enrolled('RESIDENT', '130628', '2025-01-01', '2025-12-31')], 'NOT_ENROLLED'],
  ['of whom nothing is told should be', [event('COMMUNITY_CORRECTION', '2024-01-01')], 'NOT_ENROLLED'],
  ['whose premium others bear wholly is covered without paying', [destitute], 'ENROLLED'],
  ['in the employees’ scheme, not to be', [EMPLOYED], 'EMPLOYEE_SCHEME'],
  [
    'whose employment ends with the old year, to be',
    [enrolled('EMPLOYEE', '130628', '2020-01-01', '2025-12-31')],
    'NOT_ENROLLED',
  ],
  ['insured elsewhere, not to be', [enrolled('RESIDENT', '430602', '2025-01-01')], 'INSURED_ELSEWHERE'],
  ['serving, not to be', [event('ENLISTED', '2024-09-01')], 'SERVING'],
  ['back from serving, to be', [event('ENLISTED', '2023-09-01'), event('DISCHARGED', '2025-09-01')], 'NOT_ENROLLED'],
  [
    'sent back by the draft board, to be',
    [event('ENLISTED', '2025-09-01'), event('CONSCRIPT_RETURNED', '2025-09-20')],
    'NOT_ENROLLED',
  ],
  ['in prison, not to be', [event('IMPRISONED', '2024-09-01')], 'IMPRISONED'],
  ['out of prison, to be', [event('IMPRISONED', '2024-09-01'), event('RELEASED', '2025-09-01')], 'NOT_ENROLLED'],
  [
    'in community correction, to be',
    [event('IMPRISONED', '2024-09-01'), event('COMMUNITY_CORRECTION', '2025-01-01')],
    'NOT_ENROLLED',
  ],
  ['dead, not to be', [died('civil-affairs'), died('health'), paid], 'DEAD'],
  ['reported dead by too few, open', [died('civil-affairs')], 'DEATH_UNCONFIRMED'],
  ['reported dead by too few, and paid for', [died('civil-affairs'), paid], 'ENROLLED'],
])('%s', (_why, pushes, enrolment) => {
  const facts = takeIn(WHO, pushes)(ON);
  expect(memberEnrolment(pack, facts, ON, endOfDayInShanghai(ON), deathRule)).toBe(enrolment);
});

describe('a household', () => {
  test.each<[members: readonly MemberEnrolment[], status: HouseholdStatus | null]>([
    [['ENROLLED', 'ENROLLED'], 'COMPLETE'],
    [['ENROLLED', 'EMPLOYEE_SCHEME', 'DEAD', 'SERVING', 'IMPRISONED', 'INSURED_ELSEWHERE'], 'COMPLETE'],
    [['EMPLOYEE_SCHEME', 'DEAD'], 'COMPLETE'],
    [['ENROLLED', 'NOT_ENROLLED'], 'PARTIAL'],
    [['NOT_ENROLLED', 'SERVING'], 'NONE'],
    [['ENROLLED', 'NOT_ENROLLED', 'DEATH_UNCONFIRMED'], 'PARTIAL'],
    [['NOT_ENROLLED', 'DEATH_UNCONFIRMED'], 'NONE'],
    [['ENROLLED', 'DEATH_UNCONFIRMED'], null],
    [['DEATH_UNCONFIRMED'], null],
    [[], null],
  ])('of %j is %s', (members, status) => {
    expect(householdStatus(members)).toBe(status);
    expect(householdStatus([...members].reverse())).toBe(status);
  });
});
