import { deathStatus, type DeathRule } from '../person/death-status.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import type { DeathStatus } from '../person/person-record.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { candidatesOf, explainPending, explainTier, notYetInEffect } from './candidates.ts';
import { coverFor, waitingOf } from './cover.ts';
import type { DecisionCodes } from './decision-codes.ts';
import { evenPackOf } from './even-pack.ts';
import { decisionInWords } from './decision-in-words.ts';
import type { BenefitDecision, Refund } from './decision.ts';
import { weighIdentities, targetGroupsOf } from './identities.ts';
import { listingsOf, tiersOn, type TierMatch } from './listings.ts';
import { historyOf } from './person-history.ts';
import type { PolicyPack } from './policy-pack.ts';
import { price, settle } from './premium.ts';
import { premiumNotices } from './premium-notices.ts';
import { refundOfEarlierYear, refundOnApplication } from './refund.ts';
import { Trail } from './trail.ts';

/** A day of a plan year, and how much was known: what a decision is asked for. */
export interface DecisionQuestion {
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  /** Whose word confirms a death where the pack does not say. */
  readonly deathRule: DeathRule;
}

/**
 * Says what a pack decides for one person, in words: {@link decideCodes} with its sentences and the sources of its claims.
 *
 * @param facts the person's claims that stood at `question.knownAt`
 */
export function decide(pack: PolicyPack, facts: PersonFacts, question: DecisionQuestion): BenefitDecision {
  return decisionInWords(decideCodes(pack, facts, question), facts, question.knownAt);
}

/**
 * Says what a pack decides for one person: which identity counts, what is paid and by whom, from when to when they are covered,
 * what is refunded, and why. Pure: the same pack, facts and question give the same decision. Where the text does not decide, the
 * matter is among `review` and any value beside it is only the recommended reading.
 *
 * @param facts the person's claims that stood at `question.knownAt`
 */
export function decideCodes(of: PolicyPack, facts: PersonFacts, question: DecisionQuestion): DecisionCodes {
  const pack = evenPackOf(of);
  const trail = new Trail();
  const history = historyOf(facts, question.asOf);
  const listings = listingsOf(history, pack.standing);
  const death = history.deaths.length === 0 ? ALIVE : deathStatus(history.deaths, pack.deaths ?? question.deathRule);

  const settled = settle(pack, history, listings, death, trail);
  const priced = price(pack, settled, listings, trail);
  const { quote, paid, days } = settled;
  const { payable } = priced;
  const refund = refundOfEarlierYear(settled) ?? refundOnApplication(settled, payable) ?? priced.refund;

  explainTier(pack, quote, priced.tier, trail);
  const pending = notYetInEffect(pack, listings, question.asOf);
  explainPending(pack, pending, trail);
  weighIdentities(pack, history, listings, days?.paid ?? question.asOf, priced.tier, trail);
  const today = tiersOn(pack, listings, question.asOf);
  const periods = coverFor(settled, endsRelation(refund));
  premiumNotices(settled, payable, refund);

  return {
    outcome: trail.review.length > 0 ? 'REVIEW' : 'DECIDED',
    pack: pack.id,
    asOf: question.asOf,
    category: priced.subsidy > 0 ? (priced.tier?.row.category ?? null) : null,
    subsidy: priced.subsidy,
    fundedBy: priced.subsidy > 0 ? (priced.tier?.row.fundedBy ?? null) : null,
    payable,
    paid,
    candidates: candidatesOf(quote, priced.tier, today, pending),
    periods,
    waiting: waitingOf(settled),
    refund,
    assisted: !died(death) && anySubsidised(today),
    targetGroups: targetGroupsOf(pack, history, listings),
    review: trail.review,
    notices: trail.notices,
    steps: trail.steps,
  };
}

const ALIVE: DeathStatus = { status: 'NOT_REPORTED', diedOn: null, conflicting: false, reports: [] };

function anySubsidised(tiers: readonly TierMatch[]): boolean {
  for (const { row } of tiers) if (row.subsidy > 0) return true;
  return false;
}

const died = (death: DeathStatus): boolean => death.status === 'CONFIRMED';

// A refund of the whole premium goes with the end of the relation it paid for; a doubled payment leaves the first one standing.
const endsRelation = (refund: Refund | null): boolean =>
  refund?.decision === 'ALLOWED' &&
  refund.cause !== null &&
  refund.cause !== 'DUPLICATE_PAYMENT' &&
  refund.cause !== 'NEWBORN_PAID_BOTH_YEARS';
