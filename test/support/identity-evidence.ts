import fc from 'fast-check';
import type { IdentityEvidence, KnownSubject } from '../../src/domain/identity/resolve-identity.ts';
import type { SubjectSettlement } from '../../src/domain/identity/settled.ts';
import { settleSubjects } from '../../src/domain/identity/settle-subjects.ts';
import type { IdType } from '../../src/domain/intake/words.ts';

/** A subject whose key begins with a character. */
export const known = (first: string, idType: IdType, heldApart = false): KnownSubject => ({
  key: `${first}0000000-0000-8000-8000-000000000000`,
  idType,
  length: first.length,
  heldApart,
});

/** A pair as rows state it. */
export const pair = (a: string, b: string): readonly [string, string] => [a, b];

/** A settlement of two subjects in either order. */
export const settled = (a: string, b: string, same: boolean): SubjectSettlement => {
  const [subjectKey, otherKey] = [a, b].sort() as [string, string];
  return { subjectKey, otherKey, same };
};

const KINDS: readonly IdType[] = ['RESIDENT_ID', 'HM_TRAVEL_PERMIT', 'BIRTH_CERTIFICATE', 'PASSPORT'];
const FEW = 8;

const two = fc.uniqueArray(fc.nat({ max: FEW - 1 }), { minLength: 2, maxLength: 2 });

/** Some subjects, what rows state of them in any way, and what people settled one after the other. */
export const anyEvidence: fc.Arbitrary<IdentityEvidence> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(false, false, false, true)), {
      minLength: FEW,
      maxLength: FEW,
    }),
    fc.array(two, { maxLength: 8 }),
    fc.array(fc.tuple(two, fc.boolean()), { maxLength: 4 }),
  )
  .map(([kinds, stated, words]) => {
    const subjects = kinds.map(([idType, heldApart], index) => known(String(index), idType, heldApart));
    const keyOf = (index: number | undefined): string => subjects[index!]!.key;
    let standing: readonly SubjectSettlement[] = [];
    for (const [[a, b], same] of words) {
      const { ends, begins } = settleSubjects(standing, [keyOf(a), keyOf(b)], same);
      standing = [...standing.filter((one) => !ends.includes(one)), ...begins];
    }
    return { subjects, stated: stated.map(([a, b]) => pair(keyOf(a), keyOf(b))), settled: standing };
  });

/** The same evidence in another order, pairs also turned round. */
export function shuffledEvidence(evidence: IdentityEvidence, chance: fc.Stream<number>): IdentityEvidence {
  const next = (): number => chance.next().value as number;
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [next(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  return {
    subjects: shuffled(evidence.subjects),
    stated: shuffled(evidence.stated).map(([a, b]) => (next() % 2 ? [a, b] : [b, a])),
    settled: shuffled(evidence.settled),
  };
}
