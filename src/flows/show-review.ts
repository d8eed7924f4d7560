import { seesRow, type ReviewRight } from '../domain/access/decide-review.ts';
import { maskName, seenNumber } from '../domain/access/mask.ts';
import { sidesOf, type Side } from '../domain/review/evidence.ts';
import { admittedOf } from '../domain/review/check-settlement.ts';
import type { SettledDifference, Settlement, SettlementKind } from '../domain/review/settlement.ts';
import { suggest, type Suggestion } from '../domain/review/suggest.ts';
import { dayInShanghai, yearOf, type PlainDate } from '../domain/time/plain-date.ts';
import type { ListName } from '../domain/intake/words.ts';
import { getList } from '../lists/registry.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { SeenDocument } from './answer-person.ts';
import type { Clock, Jurisdictions, PersonStore } from './ports.ts';
import type {
  CorrectionRequest,
  CorrectionStore,
  Proposal,
  ReviewStep,
  ReviewStore,
  ReviewTask,
  Settled,
  WorkingDays,
} from './ports-review.ts';

/** What it takes to show tasks. */
export interface ReviewPorts {
  readonly clock: Clock;
  readonly jurisdictions: Jurisdictions;
  readonly persons: PersonStore;
  readonly reviews: ReviewStore;
  readonly corrections: CorrectionStore;
  readonly workingDays: WorkingDays;
}

/** Something with a day by which it is due, as it is shown. */
export interface DueView {
  /** The day by which it is due has passed, and it is not done. */
  readonly overdue: boolean;
  /** The holidays of that year are not known yet, so that the day may move. */
  readonly dueOnMayMove: boolean;
}

/** A request as it is shown. */
export interface CorrectionView extends DueView {
  readonly request: CorrectionRequest;
}

/** One side of a task as one caller may see it: names and numbers whole only for those who may see them so. */
export type SeenSide = Omit<Side, 'subject'> & { readonly subject: Pick<Subject, 'key' | 'idType'> & SeenDocument };

/** A settlement as one caller may see it: names and values that it sees in the evidence. */
export type SeenSettlement = Settlement | { readonly kind: SettlementKind; readonly withheld: true };

/** A task as one caller may see it. What the caller may not see is not in it. */
export interface ReviewTaskView extends DueView {
  readonly task: Pick<ReviewTask, 'id' | 'kind' | 'state' | 'version' | 'openedAt' | 'dueOn'>;
  readonly sides: readonly SeenSide[];
  readonly admitted: readonly SettlementKind[];
  readonly suggestion: Suggestion | null;
  readonly proposal: Seen<Proposal> | null;
  readonly settled: Seen<Settled> | null;
  /** `null` where the caller may not see what is decided. */
  readonly difference: readonly SettledDifference[] | null;
  readonly steps: readonly Seen<ReviewStep>[];
  /** Requests that came from the task: all where the caller sees all tasks, else those by or of its agency. */
  readonly corrections: readonly CorrectionView[];
  /** May the caller see names and numbers unmasked? */
  readonly mayReveal: boolean;
}

/** Something with a settlement in it, as one caller may see it. */
export type Seen<T> = Omit<T, 'settlement' | 'difference' | 'seen'> & {
  readonly settlement: SeenSettlement | null;
  /** `null` where the caller may not see what is decided. */
  readonly difference: readonly SettledDifference[] | null;
};

/** Shows tasks to a caller who sees them; three statements, however many tasks. */
export async function showTasks(
  tasks: readonly ReviewTask[],
  right: ReviewRight,
  ports: ReviewPorts,
): Promise<readonly ReviewTaskView[]> {
  if (tasks.length === 0) return [];
  const jurisdiction = right.jurisdiction.id;
  const ids = tasks.map(({ id }) => id);
  const persons = await ports.persons.findBySubjects(
    jurisdiction,
    [...new Set(tasks.flatMap(({ subjects }) => subjects))],
    ports.clock.now(),
  );
  const steps = Map.groupBy(await ports.reviews.stepsOf(jurisdiction, ids), ({ task }) => task);
  const asked = Map.groupBy(await ports.corrections.ofTasks(jurisdiction, ids), ({ task }) => task);
  const facts = [...new Set(persons.values())];
  return tasks.map((task) => {
    const sides = sidesOf(task.subjects, facts, right.jurisdiction.survivorship, (claim) => seesRow(right, claim));
    return showTask(task, sides, steps.get(task.id) ?? [], asked.get(task.id) ?? [], right, ports);
  });
}

function showTask(
  task: ReviewTask,
  sides: readonly Side[],
  steps: readonly ReviewStep[],
  asked: readonly CorrectionRequest[],
  right: ReviewRight,
  ports: ReviewPorts,
): ReviewTaskView {
  const { id, kind, state, version, openedAt, dueOn, proposal, settled } = task;
  const isDone = state === 'SETTLED' || state === 'OBSOLETE';
  const see = <T extends Seeable>(one: T): Seen<T> => seenBy(right, sides, one);
  return {
    task: { id, kind, state, version, openedAt, dueOn },
    ...dueView(dueOn, isDone, ports),
    sides: sides.map((side) => seenSide(right, side)),
    admitted: admittedOf(kind),
    suggestion: isDone ? null : seenSuggestion(right, suggest(kind, sides, otherDocumentColumn)),
    proposal: proposal && see(proposal),
    settled: settled && see({ ...settled, difference: task.difference }),
    difference: right.benefit ? task.difference : null,
    steps: steps.map(see),
    corrections: asked
      .filter(({ agency, askedBy }) => right.sees === 'ALL' || [agency, askedBy.agency].includes(right.caller.agency))
      .map((request) => showCorrection(request, ports)),
    mayReveal: right.reveal,
  };
}

/** Shows a request. */
export function showCorrection(
  request: CorrectionRequest,
  ports: Pick<ReviewPorts, 'clock' | 'workingDays'>,
): CorrectionView {
  const isDone = request.state === 'CORRECTED' || request.state === 'REFUSED';
  return { request, ...dueView(request.dueOn, isDone, ports) };
}

function dueView(dueOn: PlainDate, isDone: boolean, ports: Pick<ReviewPorts, 'clock' | 'workingDays'>): DueView {
  return {
    overdue: !isDone && dayInShanghai(ports.clock.now()) > dueOn,
    dueOnMayMove: !ports.workingDays.isKnown(yearOf(dueOn)),
  };
}

interface Seeable {
  readonly settlement: Settlement | null;
  readonly difference: readonly SettledDifference[];
}

function seenBy<T extends Seeable>(right: ReviewRight, sides: readonly Side[], one: T): Seen<T> {
  const { seen: _seen, ...rest } = one as T & { readonly seen?: unknown };
  return {
    ...rest,
    settlement: one.settlement && seenSettlement(right, sides, one.settlement),
    difference: right.benefit ? one.difference : null,
  } as Seen<T>;
}

/** Names and values stay with whoever sees a row that gives them. */
function seenSettlement(right: ReviewRight, sides: readonly Side[], settlement: Settlement): SeenSettlement {
  if (right.lists === 'ALL') return maskedSettlement(right, settlement);
  const given = new Set(sides.flatMap(({ names, birthDates }) => [...names, ...birthDates].map(({ value }) => value)));
  const rows = sides.flatMap(({ names }) => names.flatMap(({ sources }) => sources));
  const sees =
    settlement.kind === 'KEEP_VALUE'
      ? given.has(settlement.value)
      : settlement.kind === 'OTHER_PERSONS_NAMES'
        ? settlement.names.every((name) => given.has(name))
        : settlement.kind === 'ASK_OWNER'
          ? rows.some(({ submission, row }) => submission === settlement.submission && row === settlement.row)
          : true;
  return sees ? maskedSettlement(right, settlement) : { kind: settlement.kind, withheld: true };
}

function seenSide(right: ReviewRight, side: Side): SeenSide {
  const { key, idType, idNumber } = side.subject;
  const names = side.names.map((said) => (right.reveal ? said : { ...said, value: maskName(said.value) }));
  return { ...side, names, subject: { key, idType, number: seenNumber(idType, idNumber, right.reveal) } };
}

function seenSuggestion(right: ReviewRight, suggestion: Suggestion | null): Suggestion | null {
  return suggestion && { ...suggestion, settlement: maskedSettlement(right, suggestion.settlement) };
}

function maskedSettlement(right: ReviewRight, settlement: Settlement): Settlement {
  if (right.reveal) return settlement;
  if (settlement.kind === 'OTHER_PERSONS_NAMES') return { ...settlement, names: settlement.names.map(maskName) };
  const isName = settlement.kind === 'KEEP_VALUE' && settlement.attribute === 'name';
  return isName ? { ...settlement, value: maskName(settlement.value) } : settlement;
}

/** The column in which rows of a list name a second document. */
function otherDocumentColumn(list: ListName): string {
  const names = new Set(getList(list).columns.map(({ name }) => name));
  return ['otherIdNumber', 'certificateNumber'].find((name) => names.has(name)) ?? 'idNumber';
}
