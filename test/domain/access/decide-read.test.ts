import { describe, expect, it } from 'vitest';
import type { AgencyGrant } from '../../../src/domain/access/caller.ts';
import { decideBenefitRead, decideRead, decideSubmissionRead } from '../../../src/domain/access/decide-read.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../../support/jurisdictions.ts';

const everything: Partial<NonNullable<AgencyGrant['reads']>> = { lists: 'ALL', benefit: true, reveal: true };
const here = jurisdictionWith({
  'medical-insurance': readerGrant(everything),
  tax: { name: '税务局', pushes: { payments: {} } },
  finance: readerGrant({ purposes: [] }),
});

const codeOf = (answer: { ok: boolean; refusal?: { code: string } }) => (answer.ok ? 'granted' : answer.refusal?.code);

describe('decideRead', () => {
  it.each([
    ['nobody', null, here, 'LIST_VERIFICATION', 'UNAUTHENTICATED'],
    ['granted and scoped', callerOf(here, 'medical-insurance'), here, 'LIST_VERIFICATION', 'granted'],
    ['a purpose that is not granted', callerOf(here, 'medical-insurance'), here, 'AUDIT', 'FORBIDDEN'],
    ['no scope', callerOf(here, 'medical-insurance', ['benefit:read']), here, 'LIST_VERIFICATION', 'FORBIDDEN'],
    ['scope without grant', callerOf(here, 'tax', ['person:read']), here, 'LIST_VERIFICATION', 'FORBIDDEN'],
    ['an office unknown here', callerOf(here, 'village', ['person:read']), here, 'LIST_VERIFICATION', 'FORBIDDEN'],
    ['a jurisdiction not served', callerOf(here, 'medical-insurance'), undefined, 'LIST_VERIFICATION', 'FORBIDDEN'],
    [
      'another jurisdiction',
      { ...callerOf(here, 'medical-insurance'), jurisdiction: '140405' },
      here,
      'LIST_VERIFICATION',
      'FORBIDDEN',
    ],
    ['no purpose', callerOf(here, 'medical-insurance'), here, null, 'FORBIDDEN'],
    ['an office granted no purpose', callerOf(here, 'finance'), here, 'LIST_VERIFICATION', 'FORBIDDEN'],
  ] as const)('%s', (_why, caller, jurisdiction, purpose, expected) => {
    expect(codeOf(decideRead(caller, jurisdiction, purpose))).toBe(expected);
  });

  it('reveals names and numbers only where the grant and the token both say so, for a reason', () => {
    const veiled = jurisdictionWith({ 'medical-insurance': readerGrant({ ...everything, reveal: false }) });
    const both = ['person:read', 'person:reveal'];
    const reveals = (place: typeof here, scopes: readonly string[], reason: object = { revealBecause: '核对' }) => {
      const caller = { ...callerOf(place, 'medical-insurance', scopes), ...reason };
      const right = decideRead(caller, place, 'LIST_VERIFICATION');
      return right.ok && right.value.reveal;
    };
    expect(reveals(here, both)).toBe(true);
    expect(reveals(here, ['person:read'])).toBe(false);
    expect(reveals(veiled, both)).toBe(false);
    expect(reveals(here, both, {})).toBe(false);
  });
});

describe('decideBenefitRead', () => {
  it.each([
    ['nobody', null, here, 'UNAUTHENTICATED'],
    ['granted and scoped', callerOf(here, 'medical-insurance'), here, 'granted'],
    ['no scope', callerOf(here, 'medical-insurance', ['person:read']), here, 'FORBIDDEN'],
    ['scope without grant', callerOf(here, 'finance', ['benefit:read']), here, 'FORBIDDEN'],
  ] as const)('%s', (_why, caller, jurisdiction, expected) => {
    expect(codeOf(decideBenefitRead(caller, jurisdiction))).toBe(expected);
  });
});

describe('decideSubmissionRead', () => {
  it.each([
    ['nobody', null, 'UNAUTHENTICATED'],
    ['an office that pushes', callerOf(here, 'tax'), 'granted'],
    ['an office that pushes, without the scope', callerOf(here, 'tax', ['list:payments:push']), 'FORBIDDEN'],
    ['an office that pushes nothing', callerOf(here, 'finance', ['submission:read']), 'FORBIDDEN'],
  ] as const)('%s', (_why, caller, expected) => {
    expect(codeOf(decideSubmissionRead(caller, here))).toBe(expected);
  });
});
