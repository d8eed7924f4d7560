import { hash } from 'node:crypto';
import type { IdentityMatter, MatterKind } from '../domain/identity/identity-matter.ts';
import type { Agency } from '../domain/intake/words.ts';
import type { Actor, SettledDifference, Settlement, TaskState, TaskStep } from '../domain/review/settlement.ts';
import type { Proposal, ReviewStep, ReviewTask, Settled } from '../flows/ports-review.ts';
import { openJson, openText, sealJson, sealText } from './sealed-text.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/**
 * Columns of tasks and steps that lie sealed: what people wrote, and names and days that they settled. Bound to the task, a step's also to
 * its version.
 */
export const REVIEW_COLUMNS = {
  proposal: 'review_task.proposal',
  settlement: 'review_task.settlement',
  because: 'review_step.because',
  stepSettlement: 'review_step.settlement',
} as const;

/** What was settled, as it is kept: who and when have columns of their own. */
type KeptSettled = Pick<Settled, 'settlement' | 'because' | 'seen'>;
type KeptProposal = Omit<Proposal, 'by' | 'at'>;

/** A row of `review_task`. */
export interface TaskRecord {
  readonly id: string;
  readonly jurisdiction: string;
  readonly kind: MatterKind;
  readonly matter: string;
  readonly state: TaskState;
  readonly version: number;
  readonly subjects: readonly string[];
  readonly opened_at: Date;
  readonly due_on: string;
  /** Sealed, or as it was kept before. */
  readonly proposal: KeptProposal | string | null;
  readonly proposed_by: string | null;
  readonly proposed_at: Date | null;
  /** Sealed, or as it was kept before. */
  readonly settlement: KeptSettled | string | null;
  readonly settled_by: string | null;
  readonly confirmed_by: string | null;
  readonly settled_at: Date | null;
  readonly difference: readonly SettledDifference[] | null;
}

/** What holds of a task, opened. */
export const settledIn = (seal: PlaceSeal, { id, settlement }: TaskRecord): KeptSettled | null =>
  settlement === null ? null : openJson(seal, REVIEW_COLUMNS.settlement, [id], settlement);

const proposedIn = (seal: PlaceSeal, { id, proposal }: TaskRecord): KeptProposal | null =>
  proposal === null ? null : openJson(seal, REVIEW_COLUMNS.proposal, [id], proposal);

/** Reads a row of `review_task`. */
export function taskOf(seal: PlaceSeal, record: TaskRecord): ReviewTask {
  const proposal = proposedIn(seal, record);
  const settlement = settledIn(seal, record);
  return {
    id: record.id,
    jurisdiction: record.jurisdiction,
    kind: record.kind,
    state: record.state,
    version: record.version,
    subjects: record.subjects,
    openedAt: record.opened_at,
    dueOn: record.due_on,
    proposal: proposal && { ...proposal, by: actorOf(record.proposed_by!), at: record.proposed_at! },
    settled: settlement && {
      ...settlement,
      by: actorOf(record.settled_by!),
      confirmedBy: record.confirmed_by === null ? null : actorOf(record.confirmed_by),
      at: record.settled_at!,
    },
    difference: record.difference ?? [],
  };
}

/** The columns of a task that change, in the order of `SAVE_TASK` after id and version. */
export function changedColumns(seal: PlaceSeal, task: ReviewTask): unknown[] {
  const { id, state, subjects, dueOn, proposal, settled, difference } = task;
  return [
    state,
    subjects,
    dueOn,
    proposal && sealJson(seal, REVIEW_COLUMNS.proposal, [id], withoutActor(proposal)),
    proposal && actorText(proposal.by),
    proposal && proposal.at,
    settled && sealJson(seal, REVIEW_COLUMNS.settlement, [id], keptOf(settled)),
    settled && actorText(settled.by),
    settled?.confirmedBy ? actorText(settled.confirmedBy) : null,
    settled && settled.at,
    JSON.stringify(difference),
  ];
}

// Who and when have columns of their own.
const withoutActor = ({ by: _by, at: _at, ...rest }: Proposal): KeptProposal => rest;
const keptOf = ({ settlement, because, seen }: Settled): KeptSettled => ({ settlement, because, seen });

/** A row of `review_step`. */
export interface StepRecord {
  readonly task: string;
  readonly version: number;
  readonly did: TaskStep;
  readonly at: Date;
  readonly done_by: string | null;
  readonly because: string | null;
  /** Sealed, or as it was kept before. */
  readonly settlement: Settlement | string | null;
  readonly difference: readonly SettledDifference[];
}

/** Reads a row of `review_step`. */
export function stepOf(seal: PlaceSeal, { done_by: by, because, settlement, ...record }: StepRecord): ReviewStep {
  const row = rowOfStep(record);
  return {
    ...record,
    by: by === null ? null : actorOf(by),
    because: because && openText(seal, REVIEW_COLUMNS.because, row, because),
    settlement: settlement === null ? null : openJson(seal, REVIEW_COLUMNS.stepSettlement, row, settlement),
  };
}

/** The columns of a step. */
export function stepColumns(seal: PlaceSeal, step: ReviewStep): unknown[] {
  const { task, version, did, at, by, because, settlement, difference } = step;
  const row = rowOfStep(step);
  return [
    ...[task, version, did, at, by && actorText(by)],
    because && sealText(seal, REVIEW_COLUMNS.because, row, because),
    settlement && sealJson(seal, REVIEW_COLUMNS.stepSettlement, row, settlement),
    JSON.stringify(difference),
  ];
}

const rowOfStep = ({ task, version }: Pick<ReviewStep, 'task' | 'version'>): readonly string[] => [
  task,
  String(version),
];

/** An actor as text: no agency's name holds a colon. */
const actorText = ({ agency, operator }: Actor): string => `${agency}:${operator}`;

function actorOf(text: string): Actor {
  const colon = text.indexOf(':');
  return { agency: text.slice(0, colon) as Agency, operator: text.slice(colon + 1) };
}

/**
 * Names a matter, so that what it is about stands nowhere else: 16 bytes of SHA-256, written as a UUIDv8. What it is about is a key
 * itself, so that nothing can be tried against it.
 */
export function matterId({ kind, about }: Pick<IdentityMatter, 'kind' | 'about'>): string {
  const hex = hash('sha256', `${kind}\0${about}`, 'hex');
  return kind === 'SAME_NAME_OTHER_NUMBER' ? NAMESAKES_MATTER.of(hex) : uuidOf(hex, '8');
}

/** In the place of a UUID's variant: marks what tasks about namesakes are known by. */
const NAMESAKES_SIGN = '9';

const uuidOf = (hex: string, sign: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${sign}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;

/** Is the matter of namesakes known by a key, and not by a hash of before? */
export const matterHasSign = (matter: string): boolean => matter[19] === NAMESAKES_SIGN;

/** Matters of namesakes: those of before were hashes of a name in clear, and bear another sign in the place of the variant. */
export const NAMESAKES_MATTER = {
  of: (hex: string): string => uuidOf(hex, NAMESAKES_SIGN),
  /** SQL that tells whether a task `t` is of namesakes, and known by a matter of before. */
  isOld: `t.kind = 'SAME_NAME_OTHER_NUMBER' and substr(t.matter::text, 20, 1) <> '${NAMESAKES_SIGN}'`,
} as const;
