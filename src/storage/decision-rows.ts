import type { DecisionGeneration, PersonDecision } from '../flows/ports-work.ts';

/** The columns of a decision beside those that name its generation, in the order of the fields of {@link copyLine}. */
const DECISION_COLUMNS = `person_id, outcome, category, funded_by, subsidy, payable, paid, refund, refund_amount, review,
  result`;

/** A statement that copies decisions into their generation; the lines it takes are made by {@link copyLine}. */
export const COPY_DECISIONS = `copy decision (jurisdiction, pack, generation, ${DECISION_COLUMNS}) from stdin`;

/** The bytes by which decisions are told apart. */
export const resultOf = ({ codes }: PersonDecision): string => JSON.stringify(codes);

/** A decision as the line of a copy in text form. */
export function copyLine(to: DecisionGeneration, { person, codes }: PersonDecision, result: string): string {
  const { refund } = codes;
  const review = codes.review.map(({ code }) => code).join(',');
  return (
    `${escaped(to.jurisdiction)}\t${escaped(to.pack)}\t${to.generation}\t${person}\t${codes.outcome}\t${codes.category ?? NULL}\t` +
    `${codes.fundedBy ?? NULL}\t${codes.subsidy}\t${codes.payable}\t${codes.paid}\t${refund?.decision ?? NULL}\t` +
    `${refund?.amount ?? NULL}\t{${review}}\t${escaped(result)}\n`
  );
}

const NULL = '\\N';

// JSON has no control characters, nor have codes; a backslash is what is left to escape.
const escaped = (text: string): string => (text.includes('\\') ? text.replaceAll('\\', '\\\\') : text);
