import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betterSubject,
  resolveIdentity,
  type IdentityEvidence,
} from '../../../src/domain/identity/resolve-identity.ts';
import type { SubjectSettlement } from '../../../src/domain/identity/settled.ts';
import { settleSubjects } from '../../../src/domain/identity/settle-subjects.ts';
import { anyEvidence, known, pair, settled, shuffledEvidence } from '../../support/identity-evidence.ts';

const [anna, annaPermit, annaBorn, bert, bertBorn, held] = [
  known('a', 'RESIDENT_ID'),
  known('b', 'HM_TRAVEL_PERMIT'),
  known('c', 'BIRTH_CERTIFICATE'),
  known('d', 'RESIDENT_ID'),
  known('e', 'BIRTH_CERTIFICATE'),
  known('0', 'RESIDENT_ID', true),
];
const everybody = [anna, annaPermit, annaBorn, bert, bertBorn, held];

const same = (a: typeof anna, b: typeof anna): SubjectSettlement => settled(a.key, b.key, true);
const different = (a: typeof anna, b: typeof anna): SubjectSettlement => settled(a.key, b.key, false);
const says = (a: typeof anna, b: typeof anna) => pair(a.key, b.key);

/** Persons with the subjects of each, by first letters; only those of several subjects. */
function joinedIn(evidence: Omit<IdentityEvidence, 'subjects'>): { joined: string[]; conflicts: string[] } {
  const { persons, conflicts } = resolveIdentity({ subjects: everybody, ...evidence });
  const groups = Map.groupBy(persons, ([, { person }]) => person[0]!);
  return {
    joined: [...groups]
      .filter(([, members]) => members.length > 1)
      .map(([person, members]) => `${person}=${members.map(([key]) => key[0]).join('')}`),
    conflicts: conflicts.map((keys) => keys.map((key) => key[0]).join('')),
  };
}

describe('who is who', () => {
  const cases: ReadonlyArray<
    [why: string, stated: ReturnType<typeof says>[], settledAs: SubjectSettlement[], joined: string[], torn: string[]]
  > = [
    ['nothing said', [], [], [], []],
    ['a row names two documents: the citizen number gives the id', [says(annaBorn, anna)], [], ['a=ac'], []],
    ['by way of each other', [says(annaBorn, anna), says(anna, annaPermit)], [], ['a=abc'], []],
    ['without a citizen number the longer lasting kind', [says(annaBorn, annaPermit)], [], ['b=bc'], []],
    ['two citizen numbers on one certificate', [says(anna, annaBorn), says(bert, annaBorn)], [], [], ['acd']],
    ['… settled to be one person', [says(anna, annaBorn), says(bert, annaBorn)], [same(anna, bert)], ['a=acd'], []],
    [
      '… settled to be different: still nobody knows whose the certificate is',
      [says(anna, annaBorn), says(bert, annaBorn)],
      [different(anna, bert)],
      [],
      ['acd'],
    ],
    [
      '… and the certificate settled not to be one’s',
      [says(anna, annaBorn), says(bert, annaBorn)],
      [different(bert, annaBorn)],
      ['a=ac'],
      [],
    ],
    ['two certificates on one number', [says(anna, annaBorn), says(anna, bertBorn)], [], [], ['ace']],
    [
      'what was settled holds where rows are not believed',
      [says(annaBorn, anna), says(annaBorn, bert)],
      [same(anna, annaPermit)],
      ['a=ab'],
      ['abcd'],
    ],
    ['settled different goes before a row', [says(anna, annaBorn)], [different(anna, annaBorn)], [], []],
    [
      'settled different holds for whoever was settled the same',
      [says(annaPermit, annaBorn)],
      [different(anna, annaBorn), same(anna, annaPermit)],
      ['a=ab'],
      [],
    ],
    [
      'a number held apart is no second citizen number',
      [says(held, annaBorn), says(anna, annaBorn)],
      [],
      ['a=0ac'],
      [],
    ],
    [
      'settlements that contradict each other join nobody',
      [],
      [same(anna, annaBorn), same(annaBorn, annaPermit), different(anna, annaPermit)],
      [],
      ['abc'],
    ],
  ];
  it.each(cases)('%s', (_why, stated, settledAs, joined, conflicts) => {
    expect(joinedIn({ stated, settled: settledAs })).toEqual({ joined, conflicts });
  });

  it('the kind of document goes before the key', () => {
    const subjects = [known('1', 'BIRTH_CERTIFICATE'), known('2', 'PASSPORT'), known('3', 'RESIDENT_ID')];
    const stated = [says(subjects[0]!, subjects[1]!), says(subjects[1]!, subjects[2]!)];
    const { persons } = resolveIdentity({ subjects, stated, settled: [] });
    expect([...persons.values()].map(({ person }) => person[0])).toEqual(['3', '3', '3']);
  });

  it('tells why', () => {
    const { persons } = resolveIdentity({
      subjects: everybody,
      stated: [says(anna, annaBorn)],
      settled: [same(anna, annaPermit)],
    });
    const reasons = [anna, annaPermit, annaBorn, bert].map(({ key }) => persons.get(key)!.because);
    expect(reasons).toEqual(['SETTLED', 'SETTLED', 'STATED', 'ALONE']);
  });

  it('a permanent resident may have the old number beside the new, and anybody several passports', () => {
    const numbers = ['911156198005150011', 'USA110080050101', 'USA110080050102', 'X1234567', 'X7654321'];
    const [card, old, otherOld, passport, renewed] = numbers.map(({ length }, index) => ({
      ...known(String(index), index < 3 ? 'FOREIGN_PERMANENT_RESIDENT' : 'PASSPORT'),
      length,
    }));
    const subjects = [card!, old!, otherOld!, passport!, renewed!];
    const stated = [old!, passport!, renewed!].map((other) => says(card!, other));
    const personsOf = (pairs: typeof stated) =>
      new Set(
        [...resolveIdentity({ subjects, stated: pairs, settled: [] }).persons.values()].map(({ person }) => person),
      );
    expect(personsOf(stated).size).toBe(2);
    expect(personsOf([...stated, says(card!, otherOld!)]).size).toBe(5);
  });
});

describe('whatever rows state and people settle', () => {
  const resolved = (evidence: IdentityEvidence) => {
    const { persons, conflicts } = resolveIdentity(evidence);
    return { persons: [...persons].sort(([a], [b]) => (a < b ? -1 : 1)), conflicts };
  };

  it('the order in which it comes makes no difference', () => {
    fc.assert(
      fc.property(anyEvidence, fc.infiniteStream(fc.nat()), (evidence, chance) => {
        expect(resolved(shuffledEvidence(evidence, chance))).toEqual(resolved(evidence));
      }),
      { numRuns: 500 },
    );
  });

  it('every subject is of exactly one person, whose id is the key of the best of theirs', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { persons } = resolveIdentity(evidence);
        expect([...persons.keys()].sort()).toEqual(evidence.subjects.map(({ key }) => key).sort());
        for (const [person, members] of Map.groupBy(persons, ([, link]) => link.person)) {
          const own = evidence.subjects.filter(({ key }) => members.some(([member]) => member === key));
          expect(own.sort(betterSubject)[0]!.key).toBe(person);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('what people settled holds', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { persons } = resolveIdentity(evidence);
        for (const { subjectKey, otherKey, same: one } of evidence.settled) {
          expect(persons.get(subjectKey)!.person === persons.get(otherKey)!.person).toBe(one);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('what is said of others changes nothing', () => {
    fc.assert(
      fc.property(anyEvidence, anyEvidence, (mine, others) => {
        const elsewhere = (key: string): string => `x${key.slice(1)}`;
        const apart: IdentityEvidence = {
          subjects: others.subjects.map((subject) => ({ ...subject, key: elsewhere(subject.key) })),
          stated: others.stated.map(([a, b]) => [elsewhere(a), elsewhere(b)]),
          settled: others.settled.map((one) => ({
            ...one,
            subjectKey: elsewhere(one.subjectKey),
            otherKey: elsewhere(one.otherKey),
          })),
        };
        const together = resolveIdentity({
          subjects: [...apart.subjects, ...mine.subjects],
          stated: [...apart.stated, ...mine.stated],
          settled: [...apart.settled, ...mine.settled],
        });
        for (const [key, link] of resolveIdentity(mine).persons) expect(together.persons.get(key)).toEqual(link);
      }),
      { numRuns: 300 },
    );
  });

  it('rows never join two documents of which a person has one, unless people settled them the same', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { persons } = resolveIdentity({ ...evidence, settled: evidence.settled.filter((one) => !one.same) });
        const numbers = evidence.subjects.filter(({ idType, heldApart }) => idType === 'RESIDENT_ID' && !heldApart);
        const owners = numbers.map(({ key }) => persons.get(key)!.person);
        expect(new Set(owners).size).toBe(owners.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('settling', () => {
  it('is never contradicted by what was settled before, whatever that was', () => {
    const word = fc.tuple(fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 2, maxLength: 3 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const subjects = Array.from({ length: 7 }, (_, index) => known(String(index), 'PASSPORT'));
        let standing: SubjectSettlement[] = [];
        for (const [indexes, one] of words) {
          const keys = indexes.map((index) => subjects[index]!.key);
          const { ends, begins } = settleSubjects(standing, keys, one);
          standing = [...standing.filter((settlement) => !ends.includes(settlement)), ...begins];
          const { persons, conflicts } = resolveIdentity({ subjects, stated: [], settled: standing });
          expect(conflicts).toEqual([]);
          const found = new Set(keys.map((key) => persons.get(key)!.person));
          expect(found.size).toBe(one ? 1 : keys.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
