import type { Caller } from '../domain/access/caller.ts';
import { decideCounting } from '../domain/access/decide-read.ts';
import { exactPopulation, populationInTens, type ShownPopulationGroup } from '../domain/access/shown-population.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { groupsOf } from '../domain/policy/population-cells.ts';
import { packForYear } from './pack-for-year.ts';
import type { Jurisdictions, PolicyPacks } from './ports.ts';
import type { CountedPopulation, PopulationStore } from './ports-work.ts';

/** What it takes to count what a pack decides. */
export interface FindPopulationPorts {
  readonly population: PopulationStore;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
}

/** What a pack decides of everybody, as one caller may see it. */
export interface PopulationSummary extends Omit<CountedPopulation, 'cells'> {
  /** Are these the figures as they are, or in full tens? */
  readonly exact: boolean;
  /** By identity and funder; ordinary residents last. */
  readonly groups: readonly ShownPopulationGroup[];
}

/**
 * Counts what the jurisdiction's pack of a plan year decides of everybody: persons and money by identity and funder. For agencies
 * that may ask what a pack decides and may know of everybody; figures about others' people would tell the rest. Exactly for who may
 * see names and numbers whole and says why, in full tens from ten up for everybody else.
 *
 * @returns `null` as long as nobody is decided yet; `NOT_FOUND` where the jurisdiction has no pack for the plan year
 */
export async function populationSummary(
  policyYear: number,
  caller: Caller | null,
  ports: FindPopulationPorts,
): Promise<Answer<PopulationSummary | null>> {
  const right = decideCounting(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!right.ok) return right;
  const { jurisdiction } = right.value;
  const pack = packForYear(policyYear, jurisdiction.packs, ports.packs);
  if (!pack) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }
  const counted = await ports.population.summarise(jurisdiction.id, pack.id);
  if (!counted) return granted(null);
  const { cells, ...of } = counted;
  const exact = right.value.reveal;
  return granted({ ...of, exact, groups: exact ? exactPopulation(cells) : populationInTens(cells, groupsOf(pack)) });
}
