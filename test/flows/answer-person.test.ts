import { describe, expect, it } from 'vitest';
import type { Purpose } from '../../src/domain/access/caller.ts';
import type { Claim } from '../../src/domain/claims/claim.ts';
import type { NumberedFacts } from '../../src/domain/person/person-facts.ts';
import { factsOf, findPeople, findPeopleByIds, MOST_PERSONS } from '../../src/flows/answer-person.ts';
import type { FindPersonPorts } from '../../src/flows/answer-person.ts';
import { claimsOfList } from '../support/claims.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../support/jurisdictions.ts';

const WOMAN = { idType: 'RESIDENT_ID', idNumber: '11010519491231002X' } as const;
const MAN = { idType: 'RESIDENT_ID', idNumber: '440524188001010014' } as const;
const PERMIT = { idType: 'RESIDENCE_PERMIT_HMT', idNumber: '810000199408230021' } as const;
const NOW = new Date('2025-06-01T01:00:00Z');

const here = jurisdictionWith({
  'medical-insurance': readerGrant({ lists: 'ALL' }),
  town: readerGrant({ lists: ['migrant-workers'] }),
});
const insurance = callerOf(here, 'medical-insurance');
const town = callerOf(here, 'town');

const keyOf = ({ idNumber }: { readonly idNumber: string }) =>
  `00000000-0000-8000-8000-0000000000${idNumber.slice(-2).replace('X', '9')}`.toLowerCase();
const askedKeys = async () => ({ keyOf, newest: 0 });
const personOf = (document: typeof WOMAN | typeof MAN | typeof PERMIT, claims: readonly Claim[]): NumberedFacts => ({
  id: keyOf(document),
  subjects: [{ key: keyOf(document), ...document }],
  claims,
});

const listed = claimsOfList('hardship', [
  { agency: 'civil-affairs', attributes: { name: '甲', category: 'ORPHAN', word: '孤儿' } },
]);
const migrant = claimsOfList('migrant-workers', [{ agency: 'town', attributes: { name: '乙' } }], 10);
const known = [personOf(WOMAN, listed), personOf(MAN, [...listed, ...migrant]), personOf(PERMIT, listed)];

const NO_EMERGENCIES: FindPersonPorts['emergencies'] = {
  use: async () => undefined,
  opened: async () => undefined,
  keepOpened: async () => {},
};

/** The hub's ports around a few known persons. `asked` keeps what the store was asked for. */
function ports() {
  const asked: { keys: readonly string[]; knownAt: Date }[] = [];
  const find = async (_jurisdiction: string, keys: readonly string[], knownAt: Date) => {
    asked.push({ keys, knownAt });
    return new Map(known.filter(({ id }) => keys.includes(id)).map((facts) => [facts.id, facts]));
  };
  const all: FindPersonPorts = {
    persons: { findBySubjects: find, findByIds: find },
    subjectKeys: { find: askedKeys, enter: askedKeys, look: async () => undefined },
    jurisdictions: { find: (id) => (id === here.id ? here : undefined), all: () => [here] },
    clock: { now: () => NOW },
    emergencies: NO_EMERGENCIES,
    alarm: () => {},
  };
  return { ...all, asked };
}

async function names(documents: Parameters<typeof findPeople>[0], caller = insurance) {
  const answer = await findPeople(documents, 'LIST_VERIFICATION', null, caller, ports());
  if (!answer.ok) return answer.refusal.code;
  return answer.value.map((view) => view && view.id);
}

describe('findPeople', () => {
  it('answers in the order asked, twice where asked twice, null where there is nobody', async () => {
    const nobody = { idType: 'RESIDENT_ID', idNumber: '130628198005151831' } as const;
    expect(await names([MAN, nobody, WOMAN, MAN])).toEqual([keyOf(MAN), null, keyOf(WOMAN), keyOf(MAN)]);
  });

  it.each([
    ['no number at all', 'abc'],
    ['a wrong check digit', '110105194912310021'],
    ['a type that the number contradicts', '11010519491231002X', 'BIRTH_CERTIFICATE'],
  ] as const)('takes %s as a person who is not there', async (_why, idNumber, idType = 'RESIDENT_ID' as never) => {
    expect(await names([{ idNumber, idType }, WOMAN])).toEqual([null, keyOf(WOMAN)]);
  });

  it('reads numbers as lists may write them, and tells the kind by the shape where none is named', async () => {
    expect(
      await names([
        { idType: null, idNumber: '110105491231002' },
        { idType: 'RESIDENT_ID', idNumber: ' 11010519491231002x' },
        { idType: null, idNumber: PERMIT.idNumber },
        PERMIT,
      ]),
    ).toEqual([keyOf(WOMAN), keyOf(WOMAN), keyOf(PERMIT), keyOf(PERMIT)]);
  });

  it('gives an agency without every list only persons of whom it has itself spoken', async () => {
    expect(await names([WOMAN, MAN], town)).toEqual([null, keyOf(MAN)]);
  });

  it('leaves out of the view what is not granted, and keeps the whole of it behind the view', async () => {
    const answer = await findPeople([MAN], 'LIST_VERIFICATION', null, town, ports());
    const [view] = answer.ok ? answer.value : [];
    expect(view?.claims.map(({ list }) => list)).toEqual(['migrant-workers']);
    expect(view?.record.death).toBeNull();
    expect(factsOf(view!).claims).toHaveLength(2);
    expect(() => factsOf({ ...view! })).toThrow();
  });

  it('asks for what was known at the instant, now unless one is named', async () => {
    const [now, then] = [ports(), ports()];
    const yesterday = new Date('2025-05-31T15:59:59.999Z');
    await findPeople([WOMAN], 'LIST_VERIFICATION', null, insurance, now);
    await findPeople([WOMAN], 'LIST_VERIFICATION', yesterday, insurance, then);
    expect([now.asked[0]?.knownAt, then.asked[0]?.knownAt]).toEqual([NOW, yesterday]);
  });

  it('takes a thousand documents and no more', async () => {
    const many = Array.from({ length: MOST_PERSONS }, () => WOMAN);
    expect(await names(many)).toHaveLength(MOST_PERSONS);
    expect(await names([...many, WOMAN])).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['nobody', null, 'LIST_VERIFICATION', 'UNAUTHENTICATED'],
    ['a purpose that is not granted', insurance, 'AUDIT', 'FORBIDDEN'],
    ['a jurisdiction not served', { ...insurance, jurisdiction: '140405' }, 'LIST_VERIFICATION', 'FORBIDDEN'],
  ] as const)('refuses %s before the store is asked', async (_why, caller, purpose: Purpose, code) => {
    const own = ports();
    const answer = await findPeople([WOMAN], purpose, null, caller, own);
    expect(answer).toMatchObject({ ok: false, refusal: { code } });
    expect(own.asked).toEqual([]);
  });
});

describe('findPeopleByIds', () => {
  it('answers in the order asked, by the same rule, and passes over what is no id', async () => {
    const ids = [keyOf(WOMAN), "' or true --", keyOf(MAN)];
    const own = ports();
    const answer = await findPeopleByIds(ids, 'LIST_VERIFICATION', null, town, own);
    expect(answer.ok && answer.value.map((view) => view?.id ?? null)).toEqual([null, null, keyOf(MAN)]);
    expect(own.asked[0]?.keys).toEqual([keyOf(WOMAN), keyOf(MAN)]);
  });

  it('refuses whoever may not read persons', async () => {
    const blind = { ...town, scopes: new Set(['benefit:read']) };
    const answer = await findPeopleByIds([keyOf(WOMAN)], 'LIST_VERIFICATION', null, blind, ports());
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'FORBIDDEN' } });
  });

  it.each([null, 'AUDIT'] as const)('refuses a reference with the purpose %s', async (purpose) => {
    const answer = await findPeopleByIds([keyOf(MAN)], purpose, null, town, ports());
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'FORBIDDEN' } });
  });
});
