import { hash } from 'node:crypto';
import type { IdentityMatter, MatterKind } from '../domain/identity/identity-matter.ts';
import type { Agency } from '../domain/intake/words.ts';
import type { Actor, SettledDifference, Settlement, TaskState, TaskStep } from '../domain/review/settlement.ts';
import type { Proposal, ReviewStep, ReviewTask, Settled } from '../flows/ports-review.ts';

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
  readonly proposal: Omit<Proposal, 'by' | 'at'> | null;
  readonly proposed_by: string | null;
  readonly proposed_at: Date | null;
  readonly settlement: Pick<Settled, 'settlement' | 'because' | 'seen'> | null;
  readonly settled_by: string | null;
  readonly confirmed_by: string | null;
  readonly settled_at: Date | null;
  readonly difference: readonly SettledDifference[] | null;
}

/** Reads a row of `review_task`. */
export function taskOf(record: TaskRecord): ReviewTask {
  const { proposal, settlement } = record;
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
export function changedColumns({ state, subjects, dueOn, proposal, settled, difference }: ReviewTask): unknown[] {
  return [
    state,
    subjects,
    dueOn,
    proposal && JSON.stringify(withoutActor(proposal)),
    proposal && actorText(proposal.by),
    proposal && proposal.at,
    settled && JSON.stringify({ settlement: settled.settlement, because: settled.because, seen: settled.seen }),
    settled && actorText(settled.by),
    settled?.confirmedBy ? actorText(settled.confirmedBy) : null,
    settled && settled.at,
    JSON.stringify(difference),
  ];
}

// Who and when have columns of their own.
const withoutActor = ({ by: _by, at: _at, ...rest }: Proposal): Omit<Proposal, 'by' | 'at'> => rest;

/** A row of `review_step`. */
export interface StepRecord {
  readonly task: string;
  readonly version: number;
  readonly did: TaskStep;
  readonly at: Date;
  readonly done_by: string | null;
  readonly because: string | null;
  readonly settlement: Settlement | null;
  readonly difference: readonly SettledDifference[];
}

/** Reads a row of `review_step`. */
export function stepOf({ done_by: by, ...record }: StepRecord): ReviewStep {
  return { ...record, by: by === null ? null : actorOf(by) };
}

/** An actor as text: no agency's name holds a colon. */
export const actorText = ({ agency, operator }: Actor): string => `${agency}:${operator}`;

function actorOf(text: string): Actor {
  const colon = text.indexOf(':');
  return { agency: text.slice(0, colon) as Agency, operator: text.slice(colon + 1) };
}

/** Names a matter, so that what it is about stands nowhere else: 16 bytes of SHA-256, written as a UUIDv8. */
export function matterId({ kind, about }: Pick<IdentityMatter, 'kind' | 'about'>): string {
  const hex = hash('sha256', `${kind}\0${about}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
