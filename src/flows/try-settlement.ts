import type { ReviewRight } from '../domain/access/decide-review.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { decideAll, differenceBetween, movesMoney } from '../domain/review/difference.ts';
import type { SettledDifference, Settlement } from '../domain/review/settlement.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { packsInForce } from './pack-for-year.ts';
import type { PolicyPacks } from './ports.ts';
import type { ReviewTask, SettleTransaction } from './ports-review.ts';

/** A settlement that links follow from. */
export type IdentitySettlement = Exclude<Settlement, { readonly kind: 'ASK_OWNER' }>;

/** What a settlement or an undoing comes to. */
export interface Outcome {
  readonly difference: readonly SettledDifference[];
  readonly movesMoney: boolean;
}

/** A settlement or an undoing of a task that is held. */
export interface Settling {
  readonly task: ReviewTask;
  /** `null`: to undo what was settled. */
  readonly settlement: IdentitySettlement | null;
  readonly at: Date;
}

/** How often it is tried to read the same rows before and after, while lists come in. */
const MOST_TRIES = 5;

/**
 * Tells what a settlement would come to by all packs in force, as of today: does it, reads whom it concerns, undoes it and reads
 * them again. Nothing is changed by it. Lists that come in between would count as its doing; then it is tried again.
 */
export async function trySettlement(
  settling: Settling,
  tx: SettleTransaction,
  { jurisdiction }: ReviewRight,
  packs: PolicyPacks,
): Promise<Outcome> {
  const inForce = packsInForce(jurisdiction.packs, packs);
  const { at } = settling;
  const question = { asOf: dayInShanghai(at), knownAt: at, deathRule: jurisdiction.deaths };
  for (let tries = 1; ; tries += 1) {
    const persons = await write(settling, tx);
    const after = await tx.factsOf(jurisdiction.id, persons, at);
    await tx.rollBack();
    const before = await tx.factsOf(jurisdiction.id, persons, at);
    if (tries < MOST_TRIES && !isOfSameRows(before, after)) continue;

    const [then, now] = [decideAll(before, inForce, question), decideAll(after, inForce, question)];
    const difference = differenceBetween(then, now);
    return { difference, movesMoney: movesMoney(difference, then, now) };
  }
}

/** Does it, for good; gives the persons to be decided anew. */
export async function write({ task, settlement, at }: Settling, tx: SettleTransaction): Promise<readonly string[]> {
  return settlement === null
    ? tx.undo(task.jurisdiction, task.id, at)
    : tx.settle(task.jurisdiction, task.id, settlement, at);
}

function isOfSameRows(before: readonly PersonFacts[], after: readonly PersonFacts[]): boolean {
  const rows = (persons: readonly PersonFacts[]): string =>
    [...new Set(persons.flatMap(({ claims }) => claims.map(({ id }) => id)))].sort().join();
  return rows(before) === rows(after);
}
