import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/claims/claim.ts';
import type { SettledValue } from '../../../src/domain/identity/settled.ts';
import { ownClaims } from '../../../src/domain/identity/own-claims.ts';
import type { Subject } from '../../../src/domain/identity/subject.ts';
import type { IdentityMatter } from '../../../src/domain/identity/identity-matter.ts';
import {
  conflictMatters,
  foundMatters,
  namedWithOthers,
  nameMatter,
} from '../../../src/domain/person/identity-matters.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { claimsOfList } from '../../support/claims.ts';
import { residentId } from '../../support/id-numbers.ts';

const A: Subject = { key: '00000000-0000-8000-8000-000000000001', idType: 'RESIDENT_ID', idNumber: residentId(1) };
const B: Subject = { key: '00000000-0000-8000-8000-000000000002', idType: 'BIRTH_CERTIFICATE', idNumber: 'P130000001' };
const C: Subject = { key: '00000000-0000-8000-8000-000000000003', idType: 'RESIDENT_ID', idNumber: residentId(1) };

interface Told {
  readonly name: string;
  readonly of?: Subject;
  readonly heldApart?: true;
  readonly sameAs?: readonly string[];
}

/** Claims told a minute apart, one after the other, from 2025-01-01T00:01Z on. */
const told = (all: readonly Told[]): Claim[] =>
  claimsOfList(
    'migrant-workers',
    all.map(({ of = A, ...attributes }, index) => ({ subjectKey: of.key, key: String(index), attributes })),
  );
const facts = (all: readonly Told[], more: Partial<PersonFacts> = {}): PersonFacts => ({
  id: A.key,
  subjects: [A],
  claims: told(all),
  ...more,
});
/** All matters of a person, in order, with the names as they are told. */
function identityMatters(person: PersonFacts): readonly IdentityMatter[] {
  const { names, others } = foundMatters(person);
  const matters = [...names.map((one) => nameMatter(one, one.names)), ...others];
  return matters.sort((a, b) => (`${a.kind} ${a.about}` < `${b.kind} ${b.about}` ? -1 : 1));
}
const kindsOf = (person: PersonFacts): string[] => identityMatters(person).map(({ kind }) => kind);
const named = (...names: readonly string[]): Told[] => names.map((name) => ({ name }));
/** The name was settled after so many claims had been told. */
const settledName = (value: string, after: number): SettledValue => ({
  subjectKey: A.key,
  attribute: 'name',
  value,
  since: new Date(Date.UTC(2025, 0, 1, 0, after, 30)),
});

const names: ReadonlyArray<[why: string, names: readonly string[], kind: string | null]> = [
  ['nobody', [], null],
  ['one name', ['王芳', '王芳'], null],
  ['one name, spelt with a space', ['王芳', '王 芳'], null],
  ['one name, dotted two ways', ['阿依古丽·买买提', '阿依古丽•买买提'], null],
  ['no name to speak of', ['王芳', ' '], null],
  ['names with something in common', ['王芳', '王方'], 'SAME_NUMBER_OTHER_NAME'],
  ['names with nothing in common', ['王芳', '李强'], 'TWO_PEOPLE_ON_ONE_NUMBER'],
  ['a third name between two that have nothing in common', ['王芳', '王强', '李强'], 'TWO_PEOPLE_ON_ONE_NUMBER'],
];

describe('names under one number', () => {
  it.each(names)('%s', (_why, all, kind) => {
    expect(identityMatters(facts(named(...all)))).toEqual(
      kind === null ? [] : [{ kind, about: A.key, subjects: [A.key] }],
    );
  });

  it('of two documents of one person are no matter: a newborn is registered under its mother’s name', () => {
    const two = [{ name: '王芳之子' }, { name: '李小明', of: B }];
    expect(kindsOf(facts(two, { subjects: [A, B] }))).toEqual([]);
  });

  it('are none where a split has told them apart, on either side', () => {
    const splits = [{ subjectKey: A.key, name: '李强', toKey: C.key }];
    const all = told(named('王芳', '李强', '李 强'));
    for (const subject of [A, C]) {
      const claims = ownClaims([subject.key], all, splits);
      expect(kindsOf({ id: subject.key, subjects: [subject], claims, splits })).toEqual([]);
    }
    const both = { id: A.key, subjects: [A, C], claims: all, splits };
    expect(kindsOf(both)).toEqual([]);
  });

  it('are one again where a name comes that was not split away', () => {
    const splits = [{ subjectKey: A.key, name: '李强', toKey: C.key }];
    const claims = ownClaims([A.key], told(named('王芳', '李强', '赵敏')), splits);
    expect(kindsOf({ id: A.key, subjects: [A], claims, splits })).toEqual(['TWO_PEOPLE_ON_ONE_NUMBER']);
  });

  it.each([
    ['what was known then', named('王芳', '王方', '王防'), 3, []],
    ['what was known then and is told again', named('王芳', '王方', '王方', '王芳'), 2, []],
    ['another spelling of the name that counts', named('王芳', '王方', '王 芳'), 2, []],
    ['a name told afterwards', named('王芳', '王方', '王放'), 2, ['SAME_NUMBER_OTHER_NAME']],
    [
      'a name told afterwards that has nothing in common',
      named('王芳', '王方', '李强'),
      2,
      ['TWO_PEOPLE_ON_ONE_NUMBER'],
    ],
  ] as const)('once it was settled which counts: %s', (_why, all, after, kinds) => {
    expect(kindsOf(facts(all, { settledValues: [settledName('王芳', after)] }))).toEqual(kinds);
  });

  it('are settled for their number only, and by a name only', () => {
    const ofOther = { ...settledName('王芳', 9), subjectKey: B.key };
    const birth: SettledValue = { ...ofOther, subjectKey: A.key, attribute: 'birthDate', value: '1980-05-15' };
    expect(kindsOf(facts(named('王芳', '王方'), { settledValues: [ofOther, birth] }))).toEqual([
      'SAME_NUMBER_OTHER_NAME',
    ]);
  });
});

describe('a number that is not their own', () => {
  const apart = [{ name: '甲', heldApart: true as const }];

  it('is a matter while nothing else tells who it is', () => {
    expect(identityMatters(facts(apart))).toEqual([{ kind: 'NUMBER_NOT_THEIR_OWN', about: A.key, subjects: [A.key] }]);
  });

  it('is none once a document of their own does, and still is beside another such number', () => {
    expect(kindsOf(facts(apart, { subjects: [A, B] }))).toEqual([]);
    const two = [...apart, { name: '甲', of: B, heldApart: true as const }];
    expect(kindsOf(facts(two, { subjects: [A, B] }))).toEqual(['NUMBER_NOT_THEIR_OWN', 'NUMBER_NOT_THEIR_OWN']);
  });
});

describe('documents named together', () => {
  it('raise the question only where they are not one person’s', () => {
    const said = [{ name: '甲', sameAs: [B.key] }];
    expect(namedWithOthers(facts(said))).toEqual([A.key]);
    expect(namedWithOthers(facts(said, { subjects: [A, B] }))).toEqual([]);
    expect(namedWithOthers(facts(named('甲')))).toEqual([]);
  });

  it('are one matter a group, whoever of it is looked at', () => {
    expect(conflictMatters([[A.key, B.key]])).toEqual([
      { kind: 'DOCUMENTS_IN_CONFLICT', about: A.key, subjects: [A.key, B.key] },
    ]);
  });
});

describe('any claims', () => {
  const someTold = fc.array(
    fc.record({
      name: fc.constantFrom('王芳', '王 芳', '王方', '李强', ' '),
      of: fc.constantFrom(A, B),
      heldApart: fc.constantFrom(undefined, undefined, true as const),
    }),
    { maxLength: 6 },
  );
  const someSplits = fc
    .uniqueArray(fc.constantFrom('王芳', '王方', '李强'))
    .map((all) => all.map((name) => ({ subjectKey: A.key, name, toKey: C.key })));

  it('give the same matters in whatever order they come', () => {
    fc.assert(
      fc.property(someTold, someSplits, fc.infiniteStream(fc.nat()), (all, splits, chance) => {
        const claims = told(all);
        const drawn = claims.map((claim) => ({ claim, at: chance.next().value as number }));
        const shuffled = drawn.toSorted((a, b) => a.at - b.at).map(({ claim }) => claim);
        const person = { id: A.key, subjects: [A, B], splits };
        const other = { id: A.key, subjects: [B, A], splits: splits.toReversed() };
        expect(identityMatters({ ...other, claims: ownClaims([A.key, B.key], shuffled, splits) })).toEqual(
          identityMatters({ ...person, claims: ownClaims([A.key, B.key], claims, splits) }),
        );
      }),
    );
  });

  it('are each somebody’s, and nobody else’s, however they are split', () => {
    fc.assert(
      fc.property(someTold, someSplits, (all, splits) => {
        const claims = told(all);
        const shared = [A, B, C].flatMap(({ key }) => {
          const from = splits.filter(({ toKey }) => toKey === key).map(({ subjectKey }) => subjectKey);
          const loaded = claims.filter(({ subjectKey }) => [key, ...from].includes(subjectKey));
          return ownClaims([key], loaded, splits);
        });
        expect(shared.map(({ id }) => id).sort()).toEqual(claims.map(({ id }) => id).sort());
      }),
    );
  });
});
