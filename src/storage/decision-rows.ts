import type { DecisionGeneration, PersonDecision } from '../flows/ports-work.ts';

/** The columns of a decision beside those that name its generation, in the order in which {@link fieldsOf} gives them. */
export const DECISION_COLUMNS = `person_id, outcome, category, funded_by, subsidy, payable, paid, refund, refund_amount, review,
  result`;

/** Their types, for arrays of them. */
export const DECISION_TYPES = [
  ...(['uuid', 'text', 'text', 'text', 'integer', 'integer', 'integer', 'text', 'integer', 'text', 'text'] as const),
];

/** A decision as the fields of its row; `review` as the text of an array. */
export function fieldsOf({ person, codes }: PersonDecision): (string | number | null)[] {
  return [
    person,
    codes.outcome,
    codes.category,
    codes.fundedBy,
    codes.subsidy,
    codes.payable,
    codes.paid,
    codes.refund?.decision ?? null,
    codes.refund?.amount ?? null,
    `{${codes.review.map(({ code }) => code).join(',')}}`,
    JSON.stringify(codes),
  ];
}

/** A statement that copies decisions into their generation, and the lines it takes. */
export const COPY_DECISIONS = `copy decision (jurisdiction, pack, generation, ${DECISION_COLUMNS}) from stdin`;

/** Decisions as the lines of a copy in text form. */
export function copyLines(to: DecisionGeneration, decisions: readonly PersonDecision[]): string {
  const generation = `${escaped(to.jurisdiction)}\t${escaped(to.pack)}\t${to.generation}`;
  return decisions.map((decision) => `${generation}\t${fieldsOf(decision).map(fieldText).join('\t')}\n`).join('');
}

const fieldText = (field: string | number | null): string =>
  field === null ? '\\N' : typeof field === 'number' ? String(field) : escaped(field);

// JSON and codes have no control characters; a backslash is what is left to escape.
const escaped = (text: string): string => (text.includes('\\') ? text.replaceAll('\\', '\\\\') : text);
