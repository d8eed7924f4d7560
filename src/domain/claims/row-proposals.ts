import { addDays, dayInShanghai, type PlainDate } from '../time/plain-date.ts';
import type { Claim } from './claim.ts';
import { claimFromRow, type ClaimContent, type RowStatement } from './claims-from-row.ts';
import type { ListDefinition } from './list-reading.ts';
import type { CheckedRow } from '../intake/check-row.ts';

/** What one row wants to stand of one matter of its subject. */
export interface Proposal {
  readonly row: number;
  readonly subjectKey: string;
  readonly key: string;
  /** `null`: nothing shall stand. */
  readonly content: ClaimContent | null;
  /** Standing claims of other keys whose place this one takes. */
  readonly replaces: readonly Claim[];
  /** The row wanted to correct what does not stand. */
  readonly unfounded: boolean;
  /** What stands is meant to go, or to be given its last day. */
  readonly removes: boolean;
  /** How many proposals the row makes in all. */
  readonly breadth: number;
}

/** What a row's proposals depend on besides the row and its subject's standing claims. */
interface PushContext {
  readonly list: ListDefinition;
  readonly receivedAt: Date;
}

/** A row that says something, read before or to be read now. */
type ReadableRow = CheckedRow & { readonly statement?: RowStatement };

/**
 * What a row proposes, given its subject's standing claims. A row to remove that finds nothing proposes nothing; one that finds
 * what is over already proposes that it stay as it is.
 */
export function proposalsOf(
  row: ReadableRow,
  subjectKey: string,
  standing: readonly Claim[],
  push: PushContext,
): readonly Proposal[] {
  const proposals = wishesOf(row, subjectKey, standing, push);
  return proposals.map((proposal) => ({ ...proposal, breadth: proposals.length }));
}

type Wish = Omit<Proposal, 'breadth'>;

function wishesOf(
  row: ReadableRow,
  subjectKey: string,
  standing: readonly Claim[],
  push: PushContext,
): readonly Wish[] {
  switch (row.change) {
    case 'ADD':
      return [statement(row, subjectKey, push.list)];
    case 'CORRECT':
      return corrections(row, subjectKey, standing, push);
    case 'REMOVE':
      return removals(row, standing, push);
  }
}

/** The claim's content with its last day moved up to `lastDay`; `null` where nothing of its period would be left. */
export function closedAt(claim: Claim, lastDay: PlainDate): ClaimContent | null {
  const { attributes, validFrom } = claim;
  return validFrom !== null && lastDay < validFrom ? null : { attributes, validFrom, validTo: lastDay };
}

function statement(
  row: ReadableRow,
  subjectKey: string,
  list: ListDefinition,
  replaces: readonly Claim[] = [],
  unfounded = false,
): Wish {
  const { key, ...content } = row.statement ?? claimFromRow(row, list);
  return { row: row.row, subjectKey, key, content, replaces, unfounded, removes: false };
}

function corrections(
  row: ReadableRow,
  subjectKey: string,
  standing: readonly Claim[],
  { list, receivedAt }: PushContext,
): readonly Wish[] {
  const meant = claimsToCorrect(row, standing, list, dayInShanghai(receivedAt));
  const key = list.keyOf(row.cells);
  const others = meant.filter((claim) => claim.key !== key);
  return [
    statement(row, subjectKey, list, others, meant.length === 0),
    ...others.map((claim) => ends(row, claim, null)),
  ];
}

/**
 * The claims that a correction is of: the one with the same key; else of a period list those that still run, or the latest if
 * none does, and of an event list the only one of the matter. Where several events might be meant the hub does not choose.
 */
function claimsToCorrect(
  { cells }: CheckedRow,
  standing: readonly Claim[],
  list: ListDefinition,
  today: PlainDate,
): readonly Claim[] {
  const exact = standing.filter(({ key }) => key === list.keyOf(cells));
  if (exact.length > 0) return exact;
  const alike = standing.filter((claim) => list.means(cells, claim));
  if (list.shape === 'EVENT') return alike.length === 1 ? alike : [];
  const running = alike.filter(({ validTo }) => validTo === null || validTo >= today);
  return running.length > 0
    ? running
    : alike.filter((claim) => alike.every((other) => startOf(other) <= startOf(claim)));
}

const startOf = ({ validFrom }: Claim): PlainDate => validFrom ?? '';

function removals(row: CheckedRow, standing: readonly Claim[], { list, receivedAt }: PushContext): readonly Wish[] {
  if (list.shape === 'EVENT') {
    return standing.filter(({ key }) => key === list.keyOf(row.cells)).map((claim) => ends(row, claim, null));
  }
  const alike = standing.filter((claim) => list.means(row.cells, claim));
  const sameStart = alike.filter(({ validFrom }) => validFrom === list.read(row.cells).from);
  const meant = sameStart.length > 0 ? sameStart : alike;
  const stated = list.read(row.cells).to;
  const lastDay = stated ?? addDays(dayInShanghai(receivedAt), -1);

  const running = meant.filter(({ validTo }) => validTo === null || validTo > lastDay);
  if (running.length > 0) return running.map((claim) => ends(row, claim, closedAt(claim, lastDay)));
  // Removed before: saying so again changes nothing, unless it gives a last day that is not the one on record.
  return meant
    .filter(({ validTo }) => stated === null || validTo === stated)
    .map((claim) => ends(row, claim, { ...claim }));
}

/** Proposes for a standing claim's key what shall stand in its place. */
function ends({ row }: CheckedRow, claim: Claim, content: ClaimContent | null): Wish {
  return { row, subjectKey: claim.subjectKey, key: claim.key, content, replaces: [], unfounded: false, removes: true };
}
