import type { SubjectSettlement } from './settled.ts';

/** What settling changes among the settlements that stand. */
export interface SettledAnew {
  /** Settlements that the new ones take the place of. */
  readonly ends: readonly SubjectSettlement[];
  readonly begins: readonly SubjectSettlement[];
}

/**
 * Settles that subjects are all one person, or all different people. The newest word of a person counts, so that settlements
 * never contradict each other: to be one person ends what kept any two apart who are one by it; to be different people ends
 * whatever held any two of them together, with all that was settled to be the same person as these, since nobody has said whose
 * the others then are.
 *
 * @param standing every settlement that stands of the subjects, of whomever they were settled to be, and so on
 */
export function settleSubjects(
  standing: readonly SubjectSettlement[],
  subjects: readonly string[],
  same: boolean,
): SettledAnew {
  const begins = pairsOf(subjects).map(([subjectKey, otherKey]) => ({ subjectKey, otherKey, same }));
  const groupOf = groupsBySame(same ? [...standing, ...begins] : standing);
  const isOver = (one: SubjectSettlement): boolean => {
    if (begins.some((begun) => isOfSamePair(begun, one))) return true;
    if (one.same === same) return false;
    if (same) return groupOf(one.subjectKey) === groupOf(one.otherKey);
    return subjects.filter((key) => groupOf(key) === groupOf(one.subjectKey)).length > 1;
  };
  return { ends: standing.filter(isOver), begins };
}

/**
 * Which settlements that were ended can stand again beside those that do: none of a pair of which something stands, and none
 * that would say of two that they are one person and are not.
 */
export function restorable(
  standing: readonly SubjectSettlement[],
  ended: readonly SubjectSettlement[],
): readonly SubjectSettlement[] {
  const restored: SubjectSettlement[] = [];
  for (const one of ended) {
    const together = [...standing, ...restored, one];
    const isNew = ![...standing, ...restored].some((other) => isOfSamePair(one, other));
    if (isNew && !contradictsItself(together)) restored.push(one);
  }
  return restored;
}

const isOfSamePair = (a: SubjectSettlement, b: SubjectSettlement): boolean =>
  a.subjectKey === b.subjectKey && a.otherKey === b.otherKey;

function contradictsItself(settlements: readonly SubjectSettlement[]): boolean {
  const groupOf = groupsBySame(settlements);
  return settlements.some(({ subjectKey, otherKey, same }) => !same && groupOf(subjectKey) === groupOf(otherKey));
}

/** Every pair of the subjects, the smaller key first. */
function pairsOf(subjects: readonly string[]): readonly (readonly [string, string])[] {
  const keys = [...new Set(subjects)].sort();
  return keys.flatMap((key, index) => keys.slice(index + 1).map((other) => [key, other] as const));
}

/** Names the group that a subject was settled to be of, by its smallest key. */
function groupsBySame(settlements: readonly SubjectSettlement[]): (key: string) => string {
  const into = new Map<string, string>();
  const groupOf = (key: string): string => {
    let at = key;
    for (let next = into.get(at); next !== undefined; next = into.get(at)) at = next;
    return at;
  };
  for (const { subjectKey, otherKey, same } of settlements) {
    const [a, b] = [groupOf(subjectKey), groupOf(otherKey)];
    if (same && a !== b) into.set(a < b ? b : a, a < b ? a : b);
  }
  return groupOf;
}
