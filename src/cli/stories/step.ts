import { z } from 'zod';
import { MATTER_KINDS, type MatterKind } from '../../domain/identity/identity-matter.ts';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { TASK_STATES, type TaskState } from '../../domain/review/settlement.ts';
import { day, personName, personNames } from './story-words.ts';

const agency = z.enum(Object.keys(AGENCIES) as [Agency, ...Agency[]]);
const codes = z.array(z.string());

const Push = z.strictObject({
  on: day,
  agency,
  list: z.enum(Object.keys(LISTS) as [ListName, ...ListName[]]),
  rows: z.array(z.record(z.string(), z.unknown())).min(1),
  key: z.string().min(1).optional(),
  mode: z.enum(['DELTA', 'SNAPSHOT']).optional(),
  period: z.string().optional(),
  operator: z.string().optional(),
  rowFlags: codes.optional(),
  rejected: codes.optional(),
});

const Withdrawal = z.strictObject({
  on: day,
  withdraw: z.string().min(1),
  because: z.string(),
  operator: z.string().optional(),
});

const Operator = z.strictObject({ agency: agency.default('medical-insurance'), operator: z.string().min(1) });

/** Which task of the story: of its kind, and about these documents where there are several. */
const Task = z.strictObject({
  kind: z.enum(Object.keys(MATTER_KINDS) as [MatterKind, ...MatterKind[]]),
  of: personNames.optional(),
});

const taskState = z.enum(Object.keys(TASK_STATES) as [TaskState, ...TaskState[]]);

const StorySettlement = z.union([
  z.strictObject({ samePerson: z.array(personName).min(2) }),
  z.strictObject({ differentPeople: z.array(personName).min(2) }),
  z.strictObject({ otherPersonsNames: z.strictObject({ of: personName, names: z.array(z.string()).min(1) }) }),
  z.strictObject({ keepName: z.strictObject({ of: personName, name: z.string() }) }),
  z.strictObject({ askOwner: z.strictObject({ push: z.string(), row: z.int(), about: z.string() }) }),
]);

const Act = {
  on: day,
  by: Operator,
  because: z.string(),
  confirmedBy: Operator.optional(),
  leaves: taskState.optional(),
};
const Settling = z.strictObject({ settle: Task, settlement: StorySettlement, ...Act });
const Undoing = z.strictObject({ undo: Task, ...Act });

/** What is settled, in the story's names. */
export type StorySettlement = z.output<typeof StorySettlement>;
/** A task settled by one person and, where money moves, confirmed by a second. */
export type StorySettling = z.output<typeof Settling>;
/** What a task settled undone in the same way. */
export type StoryUndoing = z.output<typeof Undoing>;
/** One list pushed in a story, on the day on which the hub receives it. */
export type StoryPush = z.output<typeof Push>;
/** A push of the story taken back whole, by the agency that sent it. */
export type StoryWithdrawal = z.output<typeof Withdrawal>;
/** One thing that happens in a story. */
export type StoryStep =
  | ({ readonly does: 'push' } & StoryPush)
  | ({ readonly does: 'withdraw' } & StoryWithdrawal)
  | ({ readonly does: 'settle' } & StorySettling)
  | ({ readonly does: 'undo' } & StoryUndoing);

/** A push as `pushes` lists it. */
export const PushStep = Push.transform((push) => ({ does: 'push' as const, ...push }));

const SHAPES = {
  withdraw: Withdrawal.transform((step) => ({ does: 'withdraw' as const, ...step })),
  settle: Settling.transform((step) => ({ does: 'settle' as const, ...step })),
  undo: Undoing.transform((step) => ({ does: 'undo' as const, ...step })),
};

/** A step as `steps` lists it: told by the key that only its kind has, so that what is wrong is said of that kind alone. */
export const Step = z.unknown().transform((raw, context): StoryStep => {
  const kind = Object.keys(SHAPES).find((key) => typeof raw === 'object' && raw !== null && key in raw);
  const read = (kind === undefined ? PushStep : SHAPES[kind as keyof typeof SHAPES]).safeParse(raw);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

/** Which persons of the story a step names. */
export function namedIn(step: StoryStep): readonly string[] {
  switch (step.does) {
    case 'push':
      return step.rows.flatMap((row) =>
        [row['of'], ...Object.values(row).map(personInCell)].filter((name): name is string => typeof name === 'string'),
      );
    case 'settle':
      return [...(step.settle.of ?? []), ...namedInSettlement(step.settlement)];
    case 'undo':
      return step.undo.of ?? [];
    case 'withdraw':
      return [];
  }
}

function namedInSettlement(settlement: StorySettlement): readonly string[] {
  if ('samePerson' in settlement) return settlement.samePerson;
  if ('differentPeople' in settlement) return settlement.differentPeople;
  if ('otherPersonsNames' in settlement) return [settlement.otherPersonsNames.of];
  return 'keepName' in settlement ? [settlement.keepName.of] : [];
}

/** The push that a step speaks of by its key, if it does. */
export function pushMeantBy(step: StoryStep): string | undefined {
  if (step.does === 'withdraw') return step.withdraw;
  return step.does === 'settle' && 'askOwner' in step.settlement ? step.settlement.askOwner.push : undefined;
}

const InCell = z.strictObject({ of: personName });

/** The person whose number a cell stands for (`{of: mother}`), if it does. */
export const personInCell = (cell: unknown): string | undefined => InCell.safeParse(cell).data?.of;
