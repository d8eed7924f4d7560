import type { Fen } from '../intake/fen.ts';
import type { Category, FundSource } from '../intake/words.ts';
import type { PolicyPack } from './policy-pack.ts';

/** An identity and who pays for it: by these figures over everybody are told apart. */
export interface CountedGroup {
  /** `null`: nobody bears anything for them. */
  readonly category: Category | null;
  readonly fundedBy: FundSource | null;
}

/** So many people of whom a pack decides the same. Amounts in fen, of each of them. */
export interface PopulationCell extends CountedGroup {
  readonly persons: number;
  readonly inReview: boolean;
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly paid: Fen;
}

/** The groups that a pack tells by itself: those of its tiers, and ordinary residents. */
export const groupsOf = ({ tiers }: PolicyPack): readonly CountedGroup[] => [
  ...tiers,
  { category: null, fundedBy: null },
];

/** What belongs to each group, in the order in which groups are told: by identity, then by funder, ordinary residents last. */
export function byGroup<T>(
  things: readonly T[],
  groupOf: (thing: T) => CountedGroup,
  listed: readonly CountedGroup[] = [],
): readonly (readonly [CountedGroup, readonly T[]])[] {
  const groups = new Map<string, [CountedGroup, T[]]>(listed.map((group) => [keyOf(group), [onlyGroup(group), []]]));
  for (const thing of things) {
    const group = groupOf(thing);
    const known = groups.get(keyOf(group));
    if (known) known[1].push(thing);
    else groups.set(keyOf(group), [onlyGroup(group), [thing]]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

// `~` comes after every letter: nobody's identity and nobody's fund go last.
const keyOf = ({ category, fundedBy }: CountedGroup): string => `${category ?? '~'}|${fundedBy ?? '~'}`;

const onlyGroup = ({ category, fundedBy }: CountedGroup): CountedGroup => ({ category, fundedBy });
