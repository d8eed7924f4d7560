import type { Caller } from '../domain/access/caller.ts';
import { decideCounting } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { packForYear } from './pack-for-year.ts';
import type { Jurisdictions, PolicyPacks } from './ports.ts';
import type { PopulationStore, PopulationSummary } from './ports-work.ts';

/** What it takes to count what a pack decides. */
export interface FindPopulationPorts {
  readonly population: PopulationStore;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
}

/**
 * Counts what the jurisdiction's pack of a plan year decides of everybody: persons and money by identity and funder. For agencies
 * that may ask what a pack decides and may know of everybody; figures about others' people would tell the rest.
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
  return granted((await ports.population.summarise(jurisdiction.id, pack.id)) ?? null);
}
