import { decideByRule } from '../domain/access/access-rules.ts';
import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideChangeRead, type ReadRight } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { coversList } from '../domain/access/withhold-fields.ts';
import { sourceOf, stoodAt, type ClaimSource } from '../domain/claims/claim.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { rulesBetween } from '../domain/policy/compare-decisions.ts';
import { decideCodes } from '../domain/policy/decide.ts';
import { adjustmentOf, type DecisionAdjustment } from '../domain/policy/decision-adjustment.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import { packsInForce } from './pack-for-year.ts';
import type { CausingSubmission, ChangeStore, DecisionChange, PersonHistory } from './ports-changes.ts';
import type { Jurisdictions, Page, PolicyPacks } from './ports.ts';

/** What it takes to tell how decisions changed. */
export interface FindChangesPorts {
  readonly changes: ChangeStore;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
}

/** Which changes are asked for. */
export interface ChangeQuestion {
  /** Why they are read. */
  readonly purpose: Purpose;
  /** Only of this plan year; `null`: of all that have a pack in force. */
  readonly policyYear: number | null;
  /** From this instant on; `null` where `after` says more exactly. */
  readonly since: Date | null;
  /** Behind this one. */
  readonly after: string | null;
  readonly first: number;
}

/** A claim that came or went, and so changed a decision. */
export interface CausingClaim {
  /** `TOLD`: it began to stand; `ENDED`: it ceased to (corrected, removed, dropped or withdrawn). */
  readonly what: 'TOLD' | 'ENDED';
  readonly source: ClaimSource;
}

/** A change of a decision with what it comes to and why. */
export interface ExplainedChange extends Omit<DecisionChange, 'pack'> {
  readonly pack: PolicyPack;
  /** Were causes left out that the caller may not see? */
  readonly causesWithheld: boolean;
  readonly adjustment: DecisionAdjustment;
  /** The claims that came or went, of lists that the caller is granted; empty where something else was the cause. */
  readonly claims: readonly CausingClaim[];
  /**
   * Rules that only one of the two decisions applied, or that they applied with another outcome; empty where the cause is not a
   * claim. By the pack as it is now.
   */
  readonly rules: readonly string[];
  /** Instants just before and just after the causes: asked as known at these, the person's answers are the old and the new. */
  readonly knownBefore: Date;
  readonly knownAfter: Date;
}

/**
 * Tells how decisions changed, oldest first: what was decided before and after, what that comes to with its sign, and why. For
 * agencies that may ask what a pack decides and are granted `changes`; one that knows only its own people is told of these. What it
 * read is not to be paged again: go on behind the last cursor.
 *
 * @returns `BAD_USER_INPUT` without `since` or `after`; `NOT_FOUND` where there is no pack for the plan year; `FORBIDDEN`
 */
export async function findChanges(
  question: ChangeQuestion,
  caller: Caller | null,
  ports: FindChangesPorts,
): Promise<Answer<Page<ExplainedChange>>> {
  const right = decideChangeRead(
    caller,
    caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined,
    question.purpose,
  );
  if (!right.ok) return right;
  const { jurisdiction, knows } = right.value;
  const { after, since, first } = question;
  const from = after !== null ? { after } : since !== null ? { since } : undefined;
  if (!from) {
    return refused('BAD_USER_INPUT', '请给出 since 或 after', 'Give since or after');
  }
  const packs = packsInForce(jurisdiction.packs, ports.packs).filter(
    (pack) => question.policyYear === null || pack.policyYear === question.policyYear,
  );
  if (packs.length === 0) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }
  const filter = { packs: packs.map(({ id }) => id), ownOf: knows === 'OWN' ? right.value.caller.agency : null };
  const page = await ports.changes.since(jurisdiction.id, from, filter, first);
  const byLists = page.items.filter(({ because }) => because === 'LISTS');
  const histories = await ports.changes.histories(jurisdiction.id, [...new Set(byLists.map(({ person }) => person))]);
  const causes = [...new Set(byLists.flatMap((change) => change.causes))];
  const submissions = await ports.changes.submissions(jurisdiction.id, causes);
  const packOf = new Map(packs.map((pack) => [pack.id, pack]));
  const items = page.items.map((change) =>
    withSeenCauses(
      explain(change, packOf.get(change.pack)!, histories.get(change.person), submissions, right.value),
      submissions,
      right.value,
    ),
  );
  return granted({ ...page, items });
}

/** A submission says by its list what somebody is; it is named to who is granted the list, a task to who sees tasks. */
function withSeenCauses(
  change: Omit<ExplainedChange, 'causesWithheld'>,
  submissions: ReadonlyMap<string, CausingSubmission>,
  right: ReadRight,
): ExplainedChange {
  const { caller, jurisdiction } = right;
  const isSeen = (cause: string): boolean => {
    if (change.because === 'SETTLEMENT') return decideByRule('READ_REVIEWS', caller, jurisdiction).ok;
    const list = submissions.get(cause)?.list;
    return list !== undefined && coversList(right, list);
  };
  const causes = change.causes.filter(isSeen);
  return { ...change, causes, causesWithheld: causes.length < change.causes.length };
}

function explain(
  change: DecisionChange,
  pack: PolicyPack,
  history: PersonHistory | undefined,
  submissions: ReadonlyMap<string, CausingSubmission>,
  right: ReadRight,
): Omit<ExplainedChange, 'causesWithheld'> {
  const adjustment = adjustmentOf(change.before, change.after);
  const caused = change.because === 'LISTS' && history ? causing(change, history, submissions) : [];
  const explained = { ...change, pack, adjustment };
  if (!history || caused.length === 0) {
    return { ...explained, claims: [], rules: [], knownBefore: before(change.at), knownAfter: change.at };
  }
  const instants = caused.map(({ at }) => at.getTime());
  const knownBefore = before(new Date(Math.min(...instants)));
  const knownAfter = new Date(Math.max(...instants));
  const stepsAt = (knownAt: Date) =>
    decideCodes(pack, factsAt(history, knownAt), {
      asOf: change.asOf,
      knownAt,
      deathRule: right.jurisdiction.deaths,
    }).steps;
  return {
    ...explained,
    claims: caused
      .filter(({ source }) => coversList(right, source.list))
      .map(({ what, source }): CausingClaim => ({ what, source })),
    rules: rulesBetween(stepsAt(knownBefore), stepsAt(knownAfter)),
    knownBefore,
    knownAfter,
  };
}

const before = (instant: Date): Date => new Date(instant.getTime() - 1);

/** The claims that came or went because of the submissions behind a change, with when. */
function causing(
  { causes, at }: DecisionChange,
  { claims }: PersonHistory,
  submissions: ReadonlyMap<string, CausingSubmission>,
): CausingEvent[] {
  return causes.flatMap((submission) => {
    const withdrawnAt = submissions.get(submission)?.withdrawnAt ?? undefined;
    return withdrawnAt && withdrawnAt <= at
      ? claims.flatMap((claim) => withdrawnWith(claim, submission, withdrawnAt))
      : claims.flatMap((claim) => takenInWith(claim, submission, withdrawnAt));
  });
}

type CausingEvent = CausingClaim & { readonly at: Date };
type HistoricClaim = PersonHistory['claims'][number];

const told = (claim: HistoricClaim): CausingEvent => ({ what: 'TOLD', source: sourceOf(claim), at: claim.toldAt });
const ended = (claim: HistoricClaim): CausingEvent => ({ what: 'ENDED', source: sourceOf(claim), at: claim.endedAt! });

/** What a submission said and ended when it was taken in. */
function takenInWith(claim: HistoricClaim, submission: string, withdrawnAt: Date | undefined): CausingEvent[] {
  if (claim.submission === submission) return [told(claim)];
  const { endedAt, endedBy } = claim;
  return endedBy === submission && endedAt && (!withdrawnAt || endedAt < withdrawnAt) ? [ended(claim)] : [];
}

/** What ceased to stand when a submission was withdrawn, and what was told again because of it, at the same instant. */
function withdrawnWith(claim: HistoricClaim, submission: string, withdrawnAt: Date): CausingEvent[] {
  const isThen = (instant: Date | null): boolean => instant?.getTime() === withdrawnAt.getTime();
  if (claim.submission !== submission && isThen(claim.toldAt)) return [told(claim)];
  return claim.endedBy === submission && isThen(claim.endedAt) ? [ended(claim)] : [];
}

/** What stood of the person at an instant. */
const factsAt = ({ person, subjects, claims }: PersonHistory, knownAt: Date): PersonFacts => {
  const linked = subjects.filter(({ since, until }) => since <= knownAt && (until === null || until > knownAt));
  const keys = new Set(linked.map(({ key }) => key));
  return {
    id: person,
    subjects: linked,
    claims: claims.filter((claim) => keys.has(claim.subjectKey) && stoodAt(claim, knownAt)),
  };
};
