import type { Claim } from '../claims/claim.ts';
import { disabilityCategory, type Category } from '../intake/words.ts';
import { contains, overlaps, type Period } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { ListedIdentity } from './person-record.ts';
import { bestFirst, compareText, surviving, type SurvivorshipTable } from './survivorship.ts';

const OF_DISABILITY: ReadonlySet<Category> = new Set(['SEVERE_DISABILITY', 'MODERATE_DISABILITY']);

/** The days that an identity is said to hold, with the claim that says so. */
interface Listed extends Period {
  readonly category: Category;
  readonly claim: Claim;
}

/**
 * The identities that hold on a day, each with the days given it: by whom, and what others say instead. Only what shares a day with
 * a listing that holds competes with it: a listing that ended before is history, not another opinion.
 */
export function identityDays(
  claims: readonly Claim[],
  table: SurvivorshipTable,
  asOf: PlainDate,
): { readonly hardship: readonly ListedIdentity[]; readonly disability: readonly ListedIdentity[] } {
  const listed = claims.flatMap(listedBy);
  if (listed.length === 0) return { hardship: [], disability: [] };
  const held = [...new Set(listed.filter((one) => contains(one, asOf)).map(({ category }) => category))];
  const found = held.sort(compareText).map((category) => daysOf(category, listed, table, asOf));
  const isOfDisability = ({ category }: ListedIdentity): boolean => OF_DISABILITY.has(category);
  return { hardship: found.filter((one) => !isOfDisability(one)), disability: found.filter(isOfDisability) };
}

function listedBy(claim: Claim): Listed[] {
  if (claim.list !== 'hardship' && claim.list !== 'disability') return [];
  const category = claim.list === 'hardship' ? claim.attributes.category : disabilityCategory(claim.attributes.level);
  return [{ category, claim, from: claim.validFrom ?? '0001-01-01', to: claim.validTo }];
}

function daysOf(
  category: Category,
  listed: readonly Listed[],
  table: SurvivorshipTable,
  asOf: PlainDate,
): ListedIdentity {
  const ofCategory = listed.filter((one) => one.category === category);
  const holding = ofCategory.filter((one) => contains(one, asOf));
  const best = bestFirst(OF_DISABILITY.has(category) ? table.disability : table.hardship);
  // One that holds on the day goes first, whoever says it: that somebody else has ended theirs is the other opinion.
  const rank = (one: Listed): number => (holding.includes(one) ? 0 : 1);
  const statements = ofCategory
    .filter((one) => holding.some((held) => overlaps(held, one)))
    .sort((a, b) => rank(a) - rank(b) || best(a.claim, b.claim))
    .map(({ claim }) => ({ value: `${claim.validFrom ?? '..'}/${claim.validTo ?? '..'}`, claim }));
  return { category, ...surviving(statements)! };
}
