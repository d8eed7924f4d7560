import type { ClaimSource } from '../../domain/claims/claim.ts';
import type { ReviewCode } from '../../domain/policy/decision.ts';
import type { KeptTerms } from '../../domain/policy/decision-adjustment.ts';
import type { SettledDifference } from '../../domain/review/settlement.ts';
import type { ReviewTaskView, SeenSettlement, SeenSide } from '../../flows/show-review.ts';
import { SUGGESTION_TEXTS } from '../words.ts';
import { correctionView } from './correction.type.ts';
import type { SettledDifferenceType, SettledTerms, SettlementType } from './review-settlement.type.ts';
import type { EvidenceValue, ReviewSide, ReviewTaskType } from './review-task.type.ts';

/** Shows a task. */
export function reviewTaskView(view: ReviewTaskView): ReviewTaskType {
  const { task, suggestion, proposal, settled } = view;
  return {
    ...task,
    overdue: view.overdue,
    dueOnMayMove: view.dueOnMayMove,
    sides: view.sides.map(sideView),
    admits: view.admitted,
    suggestion: suggestion && {
      settlement: settlementView(suggestion.settlement),
      because: suggestion.because,
      zh: SUGGESTION_TEXTS[suggestion.because][0],
      en: SUGGESTION_TEXTS[suggestion.because][1],
    },
    proposal: proposal && {
      settlement: proposal.settlement && settlementView(proposal.settlement),
      because: proposal.because,
      by: proposal.by,
      at: proposal.at,
      difference: differenceView(proposal.difference),
    },
    settled: settled && {
      settlement: settlementView(settled.settlement!),
      because: settled.because,
      by: settled.by,
      confirmedBy: settled.confirmedBy,
      at: settled.at,
    },
    difference: differenceView(view.difference),
    history: view.steps.map((step) => ({
      ...step,
      settlement: step.settlement && settlementView(step.settlement),
      difference: differenceView(step.difference),
    })),
    corrections: view.corrections.map(correctionView),
  };
}

function sideView(side: SeenSide): ReviewSide {
  const { subject, names, birthDates, households, deaths, namedWith } = side;
  return {
    subject: subject.key,
    person: side.person,
    idType: subject.idType,
    number: subject.number,
    heldApart: side.heldApart,
    names: names.map(evidenceView),
    birthDates: birthDates.map(evidenceView),
    sex: side.sex,
    households: households.map(evidenceView),
    deaths: deaths.map(evidenceView),
    namedWith: namedWith.map(evidenceView),
  };
}

const evidenceView = (said: { readonly value: string; readonly sources: readonly ClaimSource[] }): EvidenceValue =>
  said;

const EMPTY: Omit<SettlementType, 'kind'> = {
  subjects: [],
  names: [],
  attribute: null,
  value: null,
  submission: null,
  row: null,
  about: null,
  withheld: false,
};

function settlementView(settlement: SeenSettlement): SettlementType {
  if ('withheld' in settlement || !('subject' in settlement)) return { ...EMPTY, ...settlement };
  const { subject, ...rest } = settlement;
  const attribute = rest.kind === 'KEEP_VALUE' ? ATTRIBUTES[rest.attribute] : null;
  return { ...EMPTY, ...rest, attribute, subjects: [subject] };
}

const ATTRIBUTES = { name: 'NAME', birthDate: 'BIRTH_DATE' } as const;

const differenceView = (difference: readonly SettledDifference[] | null): SettledDifferenceType[] | null =>
  difference?.map((one) => ({ ...one, before: termsView(one.before), after: termsView(one.after) })) ?? null;

function termsView(terms: KeptTerms | null): SettledTerms | null {
  if (!terms) return null;
  const { refund, review, ...rest } = terms;
  return {
    ...rest,
    refundDecision: refund?.decision ?? null,
    refundAmount: refund?.amount ?? null,
    review: review as readonly ReviewCode[],
  };
}
