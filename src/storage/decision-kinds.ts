import { hash } from 'node:crypto';
import type { DecisionCodes } from '../domain/policy/decision-codes.ts';
import { KEPT_COLUMNS, type KeptDecision } from './decision-rows.ts';
import type { Queryable } from './walled-database.ts';

/** A decision as many persons have it. */
export interface DecisionKind extends KeptDecision {
  /** The first half of SHA-256 of what is kept, so that everybody who makes a kind gives it the same id. */
  readonly id: string;
}

/** Kinds remembered at a time. */
const MOST_REMEMBERED = 20_000;

/** Tells the kind of a decision. Few differ, so that one is made once and then found by what it is like. */
export class DecisionKinds {
  readonly #known = new Map<string, DecisionKind>();
  #fresh: DecisionKind[] = [];

  kindOf(codes: DecisionCodes): DecisionKind {
    const likeness = likenessOf(codes);
    const known = this.#known.get(likeness);
    if (known) return known;
    const kind = { id: idOf(likeness), ...keptOf(codes) };
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(likeness, kind);
    this.#fresh.push(kind);
    return kind;
  }

  /** The kinds that were not taken before, to be kept before anything names them. */
  takeFresh(): readonly DecisionKind[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}

/** Keeps kinds, by a statement of its own: a kind may stay of which nothing came. */
export async function keepKinds(client: Queryable, kinds: readonly DecisionKind[]): Promise<void> {
  if (kinds.length > 0) await client.query(KEEP_KINDS, [JSON.stringify(kinds)]);
}

/** Equal exactly where the same is kept; made without {@link keptOf}, since most decisions are like many others. */
function likenessOf(codes: DecisionCodes): string {
  const { refund } = codes;
  const money = `${codes.subsidy}|${codes.payable}|${codes.paid}|${refund ? `${refund.decision}|${refund.amount ?? ''}` : '|'}`;
  return `${codes.outcome}|${codes.category ?? ''}|${codes.fundedBy ?? ''}|${money}|${reviewOf(codes).join(',')}|${periodsOf(codes)}`;
}

const reviewOf = ({ review }: DecisionCodes): readonly string[] =>
  review.length === 0 ? NO_REVIEW : review.map(({ code }) => code);

const NO_REVIEW: readonly string[] = [];

function periodsOf({ periods }: DecisionCodes): string {
  let text = '';
  for (const { from, to } of periods) text += text === '' ? `${from}/${to}` : ` ${from}/${to}`;
  return text;
}

function idOf(likeness: string): string {
  const hex = hash('sha256', likeness, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const keptOf = (codes: DecisionCodes): KeptDecision => ({
  outcome: codes.outcome,
  category: codes.category,
  funded_by: codes.fundedBy,
  subsidy: codes.subsidy,
  payable: codes.payable,
  paid: codes.paid,
  refund: codes.refund?.decision ?? null,
  refund_amount: codes.refund?.amount ?? null,
  review: reviewOf(codes),
  periods: periodsOf(codes),
});

const NAMES = Object.keys(KEPT_COLUMNS).join(', ');

// In order, so that several who keep the same kinds do not wait for each other in turn.
const KEEP_KINDS = `
insert into decision_kind (id, ${NAMES})
select id, ${NAMES}
from json_to_recordset($1::json) as k(id uuid, ${Object.entries(KEPT_COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ')})
order by id
on conflict (id) do nothing`;
