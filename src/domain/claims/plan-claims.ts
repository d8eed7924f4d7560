import type { CheckedRow } from '../intake/check-row.ts';
import type { ListMode, RowFinding, RowVerdict } from '../intake/list-definition.ts';
import { findingOf } from '../intake/row-messages.ts';
import type { ListChanges } from '../intake/submission.ts';
import type { Agency } from '../intake/words.ts';
import { addDays, dayInShanghai, type PlainDate } from '../time/plain-date.ts';
import type { Claim } from './claim.ts';
import { canonicalContent, type RowStatement } from './claims-from-row.ts';
import type { ListDefinition } from './list-reading.ts';
import { proposalsOf, closedAt, type Proposal } from './row-proposals.ts';

/** A checked row with the key of its subject; `null` where the subject cannot be told. */
export interface SubjectRow extends CheckedRow {
  readonly subjectKey: string | null;
  /** Keys of the other documents that the row names as its subject's, in order. */
  readonly sameAs?: readonly string[];
  /** What the row says, where it was read before and its cells were not kept. */
  readonly statement?: RowStatement;
}

/** A push, judged row by row, beside what stands. */
export interface ClaimPush {
  readonly list: ListDefinition;
  readonly rows: readonly SubjectRow[];
  readonly mode: ListMode;
  /** Standing claims of this agency's list: those of the rows' subjects, for a snapshot also those it covers. */
  readonly standing: readonly Claim[];
  /** Ids of the standing claims that a snapshot covers, so that leaving them out says something. */
  readonly covered: ReadonlySet<string>;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly submission: string;
  /** When the push came: its day is the one that removals and snapshots go by. */
  readonly receivedAt: Date;
  /** The instant from which its claims stand; absent: that of receipt. */
  readonly toldAt?: Date;
  /** Rows of the same push that are planned elsewhere were taken in, so that a snapshot without rows here leaves out as well. */
  readonly takenInElsewhere?: boolean;
  /** Makes the id of the next claim. */
  readonly nextId: () => string;
}

/** What a push comes to: the last word on every row, the claims that begin to stand, and those that cease to. */
export interface ClaimPlan {
  readonly verdicts: readonly RowVerdict[];
  /** In order of rows; those that no row says last, in order of subjects. */
  readonly add: readonly Claim[];
  readonly end: readonly Claim[];
  readonly changes: ListChanges;
  /** Claims that the snapshot covers and that are not over: as many as it could have dropped. */
  readonly stood: number;
}

/** What is proposed for one key of one subject, and what became of it. */
interface Matter {
  readonly subjectKey: string;
  readonly key: string;
  readonly proposals: readonly Proposal[];
  /** The proposal that holds: of different ones the greatest content, of equal ones see {@link outranks}. */
  readonly holds: Proposal;
  readonly contradicted: boolean;
  readonly standing: Claim | undefined;
  /** Does what stands already say what holds? */
  readonly unchanged: boolean;
}

/**
 * Compares a push with what stands. Every row proposes what shall stand of one or more matters of its subject; of a matter,
 * whichever row came first does not count: where rows differ, all are flagged and the greatest content (as canonical text)
 * holds, so that the order of rows decides nothing. A snapshot ends what it covers and no row confirms.
 */
export function planClaims(push: ClaimPush): ClaimPlan {
  const standing = Map.groupBy(push.standing, ({ subjectKey }) => subjectKey);
  const takenIn = push.rows.filter(({ rejected }) => !rejected);
  const proposals = takenIn.flatMap((row) =>
    row.subjectKey === null ? [] : proposalsOf(row, row.subjectKey, standing.get(row.subjectKey) ?? [], push),
  );
  const matters = [...Map.groupBy(proposals, ({ subjectKey, key }) => `${subjectKey}|${key}`).values()].map((rivals) =>
    settle(rivals, standing),
  );
  const lastDay = dayBeforeReceipt(push);
  const covered = push.standing.filter((claim) => push.covered.has(claim.id) && !isOver(claim, push, lastDay));
  const speaks = push.mode === 'SNAPSHOT' && (takenIn.length > 0 || push.takenInElsewhere === true);
  const leftOut = speaks ? claimsLeftOut(covered, push, matters) : [];

  const changed = matters.filter(({ unchanged }) => !unchanged);
  const closing = leftOut.toSorted(bySubject).map((claim) => ({ claim, content: closedAt(claim, lastDay) }));
  return {
    verdicts: push.rows.map(verdictsFrom(matters, proposals)),
    add: [
      ...changed.toSorted((a, b) => a.holds.row - b.holds.row).flatMap((matter) => newClaim(matter, push)),
      ...closing.flatMap(({ claim, content }) =>
        content && push.list.shape === 'PERIOD' ? [successor(claim, content, 0, push)] : [],
      ),
    ],
    end: [...changed.flatMap(({ standing: claim }) => (claim ? [claim] : [])), ...leftOut],
    changes: changesOf(matters, leftOut.length),
    stood: covered.length,
  };
}

const bySubject = (a: Claim, b: Claim): number =>
  a.subjectKey === b.subjectKey ? 0 : a.subjectKey < b.subjectKey ? -1 : 1;

function changesOf(matters: readonly Matter[], leftOut: number): ListChanges {
  const stood = matters.filter(({ standing }) => standing);
  const isDropped = ({ holds, unchanged }: Matter): boolean => !unchanged && holds.removes;
  return {
    added: matters.filter(({ standing, holds }) => !standing && holds.content).length,
    changed: stood.filter((matter) => !matter.unchanged && !isDropped(matter)).length,
    dropped: stood.filter(isDropped).length + leftOut,
    unchanged: stood.filter(({ unchanged }) => unchanged).length,
  };
}

function settle(rivals: readonly Proposal[], standing: ReadonlyMap<string, readonly Claim[]>): Matter {
  const [first] = rivals as readonly [Proposal, ...Proposal[]];
  const holds = rivals.reduce((best, rival) => (outranks(rival, best) ? rival : best), first);
  const claim = standing.get(first.subjectKey)?.find(({ key }) => key === first.key);
  return {
    subjectKey: first.subjectKey,
    key: first.key,
    proposals: rivals,
    holds,
    contradicted: rivals.some((rival) => rank(rival) !== rank(first)),
    standing: claim,
    unchanged: (claim ? canonicalContent(claim) : '') === rank(holds),
  };
}

/** Something said outranks that nothing shall stand, which is why the empty text stands for nothing. */
const rank = ({ content }: Proposal): string => (content ? canonicalContent(content) : '');

/**
 * Which of two proposals holds. Equal ones differ only in which row is then the repetition: the one that proposes less
 * besides, or corrects nothing, so that this does not hang on the order of rows either.
 */
function outranks(rival: Proposal, best: Proposal): boolean {
  if (rank(rival) !== rank(best)) return rank(rival) > rank(best);
  return rival.breadth === best.breadth ? best.unfounded && !rival.unfounded : rival.breadth > best.breadth;
}

/** Covered claims that no row speaks of, save those of subjects that a rejected row names. */
function claimsLeftOut(covered: readonly Claim[], push: ClaimPush, matters: readonly Matter[]): readonly Claim[] {
  const spokenOf = new Set(matters.map(({ subjectKey, key }) => `${subjectKey}|${key}`));
  const unsure = new Set(push.rows.filter(({ rejected }) => rejected).map(({ subjectKey }) => subjectKey));
  return covered.filter((claim) => !unsure.has(claim.subjectKey) && !spokenOf.has(`${claim.subjectKey}|${claim.key}`));
}

/** A period that had ended by then needs no confirmation: leaving it out says nothing. */
function isOver({ validTo }: Claim, { list }: ClaimPush, lastDay: PlainDate): boolean {
  return list.shape === 'PERIOD' && validTo !== null && validTo <= lastDay;
}

/** The last day on which somebody can have been on a list that no longer names them. */
const dayBeforeReceipt = ({ receivedAt }: ClaimPush): PlainDate => addDays(dayInShanghai(receivedAt), -1);

function newClaim({ holds, proposals, standing }: Matter, push: ClaimPush): readonly Claim[] {
  if (!holds.content) return [];
  const others = proposals.filter((proposal) => rank(proposal) === rank(holds)).flatMap(({ replaces }) => replaces);
  const replaced = standing ? [...others, standing] : others;
  const claim = {
    ...holds.content,
    subjectKey: holds.subjectKey,
    key: holds.key,
    firstToldAt: firstTold(replaced, push.toldAt ?? push.receivedAt),
  };
  return [made(claim, holds.row, push)];
}

const successor = (
  claim: Claim,
  content: Pick<Claim, 'attributes' | 'validFrom' | 'validTo'>,
  row: number,
  push: ClaimPush,
): Claim =>
  made({ ...content, subjectKey: claim.subjectKey, key: claim.key, firstToldAt: claim.firstToldAt }, row, push);

function made(
  claim: Pick<Claim, 'attributes' | 'validFrom' | 'validTo' | 'subjectKey' | 'key' | 'firstToldAt'>,
  row: number,
  { list, jurisdiction, agency, submission, receivedAt, toldAt = receivedAt, nextId }: ClaimPush,
): Claim {
  // List and attributes belong together by construction: both come from one list's definition.
  return {
    id: nextId(),
    jurisdiction,
    agency,
    list: list.name,
    subjectKey: claim.subjectKey,
    key: claim.key,
    attributes: claim.attributes,
    validFrom: claim.validFrom,
    validTo: claim.validTo,
    toldAt,
    firstToldAt: claim.firstToldAt,
    endedAt: null,
    submission,
    row,
  } as Claim;
}

/** A claim that takes others' place is about a matter that the hub has known since the earliest of them. */
const firstTold = (replaced: readonly Claim[], toldAt: Date): Date =>
  replaced.reduce((earliest, { firstToldAt }) => (firstToldAt < earliest ? firstToldAt : earliest), toldAt);

function verdictsFrom(matters: readonly Matter[], proposals: readonly Proposal[]): (row: SubjectRow) => RowVerdict {
  const matterOf = new Map(
    matters.flatMap((matter) => matter.proposals.map((proposal) => [proposal, matter] as const)),
  );
  const byRow = Map.groupBy(proposals, ({ row }) => row);

  return ({ row, rejected, change, findings }) => {
    if (rejected) return { row, outcome: 'REJECTED', findings };
    const own = byRow.get(row) ?? [];
    const contradicted = own.some((proposal) => matterOf.get(proposal)?.contradicted);
    const nothing: RowFinding[] =
      change === 'REMOVE' && own.length === 0
        ? [findingOf('NOTHING_TO_REMOVE', null)]
        : own.some(({ unfounded }) => unfounded)
          ? [findingOf('NOTHING_TO_CORRECT', null)]
          : [];
    const said = [...findings, ...nothing, ...(contradicted ? [findingOf('ROW_CONTRADICTS_ROW', null)] : [])];
    const saysNothingNew =
      !contradicted &&
      own.length > 0 &&
      own.every((proposal) => {
        const matter = matterOf.get(proposal);
        return matter?.unchanged || matter?.holds.row !== row;
      });
    if (saysNothingNew) return { row, outcome: 'UNCHANGED', findings: said };
    return { row, outcome: said.length > 0 ? 'FLAGGED' : 'ACCEPTED', findings: said };
  };
}
