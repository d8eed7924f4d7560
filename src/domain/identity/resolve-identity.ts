import type { SubjectSettlement } from './settled.ts';
import type { IdType } from '../intake/words.ts';
import type { Subject } from './subject.ts';

/** A subject with whether its number is its own: one that is held apart from its number never tells who somebody is. */
export interface KnownSubject extends Pick<Subject, 'key' | 'idType'> {
  /** Characters of the number. */
  readonly length: number;
  /** The number is a placeholder, a guardian's, or shared with another person of whom a settlement told it apart. */
  readonly heldApart: boolean;
}

/** What says who is who among some subjects; complete, so that nothing outside speaks of them. */
export interface IdentityEvidence {
  readonly subjects: readonly KnownSubject[];
  /** Pairs that standing claims name together. Pairs with a subject that is not among these are passed over. */
  readonly stated: readonly (readonly [a: string, b: string])[];
  readonly settled: readonly SubjectSettlement[];
}

/** Why a subject is its person's: nobody says more of it, rows that stand name them together, or a person settled it. */
export type LinkReason = 'ALONE' | 'STATED' | 'SETTLED';

/** Who each subject is. */
export interface ResolvedIdentity {
  readonly persons: ReadonlyMap<string, { readonly person: string; readonly because: LinkReason }>;
  /** Subjects that rows name together although they cannot all be one person's; each group in order of key. */
  readonly conflicts: readonly (readonly string[])[];
}

/** Whose key becomes the id of a person with several documents: the kinds that last longest come first. */
const BEST_KINDS: readonly IdType[] = [
  ...(['RESIDENT_ID', 'RESIDENCE_PERMIT_HMT', 'FOREIGN_PERMANENT_RESIDENT', 'HM_TRAVEL_PERMIT', 'PASSPORT'] as const),
  ...(['BIRTH_CERTIFICATE', 'DISABILITY_CERTIFICATE'] as const),
];

/**
 * Decides which subjects are one person. What rows say joins, unless a person settled otherwise; where it would join documents
 * of which a person has only one, or people who were settled to be different, no row is believed in the whole group, since
 * nobody can tell which is wrong, and only what was settled joins. A person's id is the key of their best subject: a kind that
 * lasts before others, then the smaller key. Only what stands decides, never in which order it came.
 */
export function resolveIdentity({ subjects, stated, settled }: IdentityEvidence): ResolvedIdentity {
  const known = new Map(subjects.map((subject) => [subject.key, subject]));
  const settledAs = settledGroups(known, settled);
  const different = settled.filter(({ same }) => !same);
  const believed = stated.filter(
    ([a, b]) => known.has(a) && known.has(b) && !areApart(settledAs.of(a), settledAs.of(b), different, settledAs),
  );
  const joined = settledAs.copy();
  for (const [a, b] of believed) joined.join(a, b);

  const persons = new Map<string, { person: string; because: LinkReason }>();
  const conflicts: string[][] = settledAs.broken.map((group) => [...group]);
  for (const group of joined.all()) {
    const classes = new Set(group.map((key) => settledAs.of(key)));
    const conflicting = classes.size > 1 && cannotBeOne(group, known, different, settledAs);
    if (conflicting) conflicts.push(group);
    for (const members of conflicting ? Map.groupBy(group, (key) => settledAs.of(key)).values() : [group]) {
      for (const [key, link] of linksOf(members, known, settledAs)) persons.set(key, link);
    }
  }
  return { persons, conflicts: conflicts.sort(([a], [b]) => (a! < b! ? -1 : 1)) };
}

/** Which of two subjects gives a person its id: less than 0 for the first. */
export function betterSubject(a: KnownSubject, b: KnownSubject): number {
  const rank = ({ heldApart, idType }: KnownSubject): number =>
    BEST_KINDS.indexOf(idType) + (heldApart ? BEST_KINDS.length : 0);
  return rank(a) - rank(b) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

type Known = ReadonlyMap<string, KnownSubject>;

function linksOf(members: readonly string[], known: Known, settledAs: Groups) {
  const best = members.map((key) => known.get(key)!).sort(betterSubject)[0]!.key;
  const settled = members.filter((key) => settledAs.of(key) === settledAs.of(best));
  return members.map((key) => {
    const bySettlement = settled.length > 1 && settled.includes(key);
    const because: LinkReason = members.length === 1 ? 'ALONE' : bySettlement ? 'SETTLED' : 'STATED';
    return [key, { person: best, because }] as const;
  });
}

/** The groups that were settled to be one person each. One that was also settled to be two people joins nobody. */
function settledGroups(known: Known, settled: readonly SubjectSettlement[]): Groups & { broken: string[][] } {
  const all = new Groups([...known.keys()]);
  const among = settled.filter(({ subjectKey, otherKey }) => known.has(subjectKey) && known.has(otherKey));
  for (const { subjectKey, otherKey, same } of among) if (same) all.join(subjectKey, otherKey);

  const contradicted = new Set(
    among
      .filter(({ subjectKey, otherKey, same }) => !same && all.of(subjectKey) === all.of(otherKey))
      .map(({ subjectKey }) => all.of(subjectKey)),
  );
  const broken = all.all().filter(([first]) => contradicted.has(all.of(first!)));
  const sound = new Groups([...known.keys()]);
  for (const { subjectKey, otherKey, same } of among) {
    if (same && !contradicted.has(all.of(subjectKey))) sound.join(subjectKey, otherKey);
  }
  return Object.assign(sound, { broken });
}

/** Were two settled groups settled to be different people? */
function areApart(a: string, b: string, different: readonly SubjectSettlement[], settledAs: Groups): boolean {
  return different.some(({ subjectKey, otherKey }) => {
    const [one, other] = [settledAs.of(subjectKey), settledAs.of(otherKey)];
    return (one === a && other === b) || (one === b && other === a);
  });
}

function cannotBeOne(
  group: readonly string[],
  known: Known,
  different: readonly SubjectSettlement[],
  settledAs: Groups,
): boolean {
  const members = new Set(group);
  if (different.some(({ subjectKey, otherKey }) => members.has(subjectKey) && members.has(otherKey))) return true;
  const holders = Map.groupBy(
    group.filter((key) => onlyOneOf(known.get(key)!) !== null),
    (key) => onlyOneOf(known.get(key)!),
  );
  return [...holders.values()].some((keys) => new Set(keys.map((key) => settledAs.of(key))).size > 1);
}

/**
 * The kind of document of which a person has only one; `null` where they may have several. A permanent resident's old number
 * (15 characters) goes on beside the new one (national.md §10); passports are issued anew with another number.
 */
function onlyOneOf({ idType, length, heldApart }: KnownSubject): string | null {
  if (heldApart || idType === 'PASSPORT') return null;
  return idType === 'FOREIGN_PERMANENT_RESIDENT' ? `${idType} ${length}` : idType;
}

/** Subjects in groups that do not overlap; joining two subjects joins their groups. */
class Groups {
  readonly #into = new Map<string, string>();

  constructor(keys: readonly string[]) {
    for (const key of keys) this.#into.set(key, key);
  }

  /** Tells the group of a subject, by the smallest key in it. */
  of(key: string): string {
    let at = key;
    for (let next = this.#into.get(at); next !== undefined && next !== at; next = this.#into.get(at)) at = next;
    return at;
  }

  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== other) this.#into.set(one < other ? other : one, one < other ? one : other);
  }

  copy(): Groups {
    const copy = new Groups([...this.#into.keys()]);
    for (const key of this.#into.keys()) copy.join(key, this.of(key));
    return copy;
  }

  /** All groups, each in order of key. */
  all(): string[][] {
    return [...Map.groupBy([...this.#into.keys()].sort(), (key) => this.of(key)).values()];
  }
}
