import type { AgencyGrant, Caller, Jurisdiction } from '../../src/domain/access/caller.ts';
import { scopesOf } from '../../src/domain/access/caller.ts';
import type { Agency } from '../../src/domain/intake/words.ts';

/** A jurisdiction for tests of access: what it grants is what the test is about. */
export function jurisdictionWith(agencies: Partial<Record<Agency, AgencyGrant>>): Jurisdiction {
  return {
    id: '130628',
    regionCode: '130628',
    name: '高阳县',
    agencies,
    deaths: { sources: ['civil-affairs', 'health'], mustAgree: 2 },
    survivorship: { name: ['public-security'], birthDate: ['health'] },
    packs: ['gaoyang-2026'],
  };
}

/** A grant that reads persons; what is not said is not granted. */
export function readerGrant(reads: Partial<NonNullable<AgencyGrant['reads']>> = {}): AgencyGrant {
  return {
    name: '测试局',
    pushes: {},
    reads: {
      purposes: ['LIST_VERIFICATION'],
      knows: reads.lists === 'ALL' ? 'EVERYBODY' : 'OWN',
      lists: [],
      benefit: false,
      reveal: false,
      ...reads,
    },
  };
}

/** The agency with the token that its grant gives it, or with the scopes named instead. */
export function callerOf(jurisdiction: Jurisdiction, agency: Agency, scopes?: readonly string[]): Caller {
  const grant = jurisdiction.agencies[agency];
  return {
    client: `${jurisdiction.id}:${agency}`,
    agency,
    jurisdiction: jurisdiction.id,
    scopes: new Set(scopes ?? (grant ? scopesOf(grant) : [])),
  };
}
