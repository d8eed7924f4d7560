import type { DecisionGeneration, PersonDecision } from '../flows/ports-work.ts';
import { copyLine } from './copy-in.ts';

/** The columns of a decision beside those that name its generation, in the order of the fields of {@link decisionLine}. */
const DECISION_COLUMNS = `person_id, outcome, category, funded_by, subsidy, payable, paid, refund, refund_amount, review,
  result`;

/** A statement that copies decisions into their generation; the lines it takes are made by {@link decisionLine}. */
export const COPY_DECISIONS = `copy decision (jurisdiction, pack, generation, ${DECISION_COLUMNS}) from stdin`;

/** The bytes by which decisions are told apart. */
export const resultOf = ({ codes }: PersonDecision): string => JSON.stringify(codes);

/** A decision as the line of a copy in text form. */
export function decisionLine(to: DecisionGeneration, { person, codes }: PersonDecision, result: string): string {
  const { refund } = codes;
  const review = codes.review.map(({ code }) => code).join(',');
  return copyLine([
    ...[to.jurisdiction, to.pack, to.generation, person, codes.outcome, codes.category, codes.fundedBy, codes.subsidy],
    ...[codes.payable, codes.paid, refund?.decision ?? null, refund?.amount ?? null, `{${review}}`, result],
  ]);
}
