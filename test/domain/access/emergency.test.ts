import { describe, expect, it } from 'vitest';
import {
  decideApproval,
  decideEmergency,
  emergencyRight,
  stateOf,
  type Emergency,
} from '../../../src/domain/access/emergency.ts';
import { decideByRule } from '../../../src/domain/access/access-rules.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../../support/jurisdictions.ts';

const NOON = new Date('2026-07-20T12:00:00Z');
const minutes = (count: number): Date => new Date(NOON.getTime() + count * 60_000);
const ASKED: Emergency = {
  id: 'e',
  jurisdiction: '130628',
  agency: 'public-security',
  because: '山洪',
  numbers: 2,
  used: 0,
  minutes: 30,
  askedBy: 'li.na',
  askedAt: NOON,
  approvedBy: null,
  until: null,
  endedBy: null,
  endedAt: null,
  asOf: NOON,
};
const OPEN: Emergency = { ...ASKED, approvedBy: 'wang.wei', until: minutes(30) };

describe('where an emergency stands', () => {
  it.each<[why: string, emergency: Emergency, at: Date, state: string]>([
    ['nobody has approved it yet', ASKED, minutes(59), 'ASKED'],
    ['nobody approved it for an hour', ASKED, minutes(60), 'LAPSED'],
    ['approved', OPEN, minutes(29), 'OPEN'],
    ['one number left', { ...OPEN, used: 1 }, minutes(1), 'OPEN'],
    ['as many numbers as it has', { ...OPEN, used: 2 }, minutes(1), 'USED_UP'],
    ['at its last instant', OPEN, minutes(30), 'EXPIRED'],
    ['used up and over', { ...OPEN, used: 2 }, minutes(30), 'EXPIRED'],
    ['ended before its time', { ...OPEN, endedBy: 'li.na', endedAt: minutes(2) }, minutes(3), 'ENDED'],
    ['taken back', { ...ASKED, endedBy: 'li.na', endedAt: minutes(2) }, minutes(3), 'ENDED'],
  ])('%s', (_, emergency, at, state) => expect(stateOf({ ...emergency, asOf: at })).toBe(state));
});

const place = jurisdictionWith({
  'public-security': readerGrant({ emergency: true, purposes: ['LIST_VERIFICATION', 'EMERGENCY'] }),
  'civil-affairs': readerGrant(),
});
const police = callerOf(place, 'public-security');

describe('who may', () => {
  it('takes the grant and both scopes', () => {
    expect(decideEmergency(police, place).ok).toBe(true);
    for (const caller of [
      null,
      callerOf(place, 'civil-affairs', ['person:read', 'person:emergency']),
      callerOf(place, 'public-security', ['person:read']),
      callerOf(place, 'public-security', ['person:emergency']),
    ]) {
      expect(decideEmergency(caller, place).ok).toBe(false);
    }
  });

  it('approve: a second named person, while it waits', () => {
    const codeOf = (operator: string | undefined, emergency = ASKED, at = minutes(1)): string => {
      const answer = decideApproval(
        { ...emergency, asOf: at },
        operator === undefined ? police : { ...police, operator },
      );
      return answer.ok ? answer.value : answer.refusal.code;
    };
    expect(codeOf('wang.wei')).toBe('wang.wei');
    expect(codeOf('li.na')).toBe('FORBIDDEN');
    expect(codeOf(undefined)).toBe('FORBIDDEN');
    expect(codeOf('wang.wei', ASKED, minutes(61))).toBe('WRONG_STATE');
    expect(codeOf('wang.wei', OPEN)).toBe('WRONG_STATE');
    expect(codeOf('wang.wei', { ...ASKED, endedBy: 'li.na', endedAt: NOON })).toBe('WRONG_STATE');
  });

  it('is no purpose that a grant could name, whatever a file says', () => {
    for (const rule of ['READ_PERSONS', 'READ_HOUSEHOLDS', 'SEARCH_PEOPLE', 'READ_CHANGES', 'WHO_LOOKED'] as const) {
      expect([rule, decideByRule(rule, police, place, { purpose: 'EMERGENCY' }).ok]).toEqual([rule, false]);
    }
    expect(decideByRule('READ_PERSONS', police, place, { purpose: 'LIST_VERIFICATION' }).ok).toBe(true);
  });

  it('opens everybody and every list, and lifts no mask by itself', () => {
    const letIn = decideEmergency(police, place);
    if (!letIn.ok) return expect.unreachable();
    expect(emergencyRight(letIn.value)).toMatchObject({ knows: 'EVERYBODY', lists: 'ALL', reveal: false });
  });
});
