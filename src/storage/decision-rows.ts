import type { KeptTerms } from '../domain/policy/decision-adjustment.ts';
import type { DecisionCodes } from '../domain/policy/decision-codes.ts';
import type { DecisionGeneration, PersonDecision } from '../flows/ports-work.ts';
import { copyLine } from './copy-in.ts';

/**
 * What is kept of a decision, by column: what is counted, listed and compared. How it came about is computed when asked (ADR
 * 0006), so that a decision that comes to the same for other reasons need not be written again.
 */
export interface KeptDecision {
  readonly outcome: string;
  readonly category: string | null;
  readonly funded_by: string | null;
  readonly subsidy: number;
  readonly payable: number;
  readonly paid: number;
  readonly refund: string | null;
  readonly refund_amount: number | null;
  readonly review: readonly string[];
  /** Days of cover as intervals of ISO 8601, a space between them. */
  readonly periods: string;
}

/** The columns of {@link KeptDecision} with their types. */
export const KEPT_COLUMNS = {
  outcome: 'text',
  category: 'text',
  funded_by: 'text',
  subsidy: 'integer',
  payable: 'integer',
  paid: 'integer',
  refund: 'text',
  refund_amount: 'integer',
  review: 'text[]',
  periods: 'text',
} as const satisfies Record<keyof KeptDecision, string>;

const COLUMN_NAMES = Object.keys(KEPT_COLUMNS) as (keyof KeptDecision)[];

/** Reads what is kept of a decision. */
export const keptOf = (codes: DecisionCodes): KeptDecision => ({
  outcome: codes.outcome,
  category: codes.category,
  funded_by: codes.fundedBy,
  subsidy: codes.subsidy,
  payable: codes.payable,
  paid: codes.paid,
  refund: codes.refund?.decision ?? null,
  refund_amount: codes.refund?.amount ?? null,
  review: codes.review.map(({ code }) => code),
  periods: periodsOf(codes),
});

const periodsOf = ({ periods }: DecisionCodes): string => periods.map(({ from, to }) => `${from}/${to}`).join(' ');

/** Equal exactly where the same is kept; made without {@link keptOf}, since most decisions are like many others. */
export function likenessOf(codes: DecisionCodes): string {
  const { refund } = codes;
  let text = `${codes.outcome}|${codes.category}|${codes.fundedBy}|${codes.subsidy}|${codes.payable}|${codes.paid}`;
  if (refund) text += `|${refund.decision}|${refund.amount}`;
  for (const { code } of codes.review) text += `|${code}`;
  for (const { from, to } of codes.periods) text += `|${from}/${to}`;
  return text;
}

/** A statement that copies decisions into their generation; the lines it takes are made by {@link DecisionLines}. */
export const COPY_DECISIONS = `copy decision (jurisdiction, pack, generation, person_id, ${COLUMN_NAMES.join(', ')}) from stdin`;

/** Decisions that are alike share the end of their line. */
const MOST_REMEMBERED = 20_000;

/** Writes decisions of a generation as the lines of a copy in text form. */
export class DecisionLines {
  readonly #generation: string;
  readonly #ends = new Map<string, string>();

  constructor({ jurisdiction, pack, generation }: DecisionGeneration) {
    this.#generation = copyLine([jurisdiction, pack, generation]).trimEnd();
  }

  lineOf({ person, codes }: PersonDecision): string {
    return `${this.#generation}\t${person}\t${this.#endOf(codes)}`;
  }

  #endOf(codes: DecisionCodes): string {
    const likeness = likenessOf(codes);
    const known = this.#ends.get(likeness);
    if (known !== undefined) return known;
    const kept = keptOf(codes);
    const end = copyLine(COLUMN_NAMES.map((name) => (name === 'review' ? `{${kept.review.join(',')}}` : kept[name])));
    if (this.#ends.size >= MOST_REMEMBERED) this.#ends.clear();
    this.#ends.set(likeness, end);
    return end;
  }
}

/** Reads what is kept of a decision as what it comes to. */
export const termsOfKept = (kept: KeptDecision): KeptTerms => ({
  outcome: kept.outcome as KeptTerms['outcome'],
  category: kept.category as KeptTerms['category'],
  fundedBy: kept.funded_by as KeptTerms['fundedBy'],
  subsidy: kept.subsidy,
  payable: kept.payable,
  paid: kept.paid,
  refund: kept.refund === null ? null : { decision: kept.refund as RefundDecision, amount: kept.refund_amount! },
  review: kept.review,
  periods: kept.periods === '' ? [] : kept.periods.split(' ').map(periodOf),
});

type RefundDecision = NonNullable<KeptTerms['refund']>['decision'];

function periodOf(interval: string): KeptTerms['periods'][number] {
  const [from, to] = interval.split('/');
  return { from: from!, to: to! };
}
