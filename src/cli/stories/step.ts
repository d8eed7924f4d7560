import { z } from 'zod';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { day, personName } from './story-words.ts';

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

/** One list pushed in a story, on the day on which the hub receives it. */
export type StoryPush = z.output<typeof Push>;
/** A push of the story taken back whole, by the agency that sent it. */
export type StoryWithdrawal = z.output<typeof Withdrawal>;
/** One thing that happens in a story. */
export type StoryStep = ({ readonly does: 'push' } & StoryPush) | ({ readonly does: 'withdraw' } & StoryWithdrawal);

/** A push as `pushes` lists it. */
export const PushStep = Push.transform((push) => ({ does: 'push' as const, ...push }));

const SHAPES = {
  withdraw: Withdrawal.transform((step) => ({ does: 'withdraw' as const, ...step })),
};

/** A step as `steps` lists it: told by the key that only its kind has, so that what is wrong is said of that kind alone. */
export const Step = z.unknown().transform((raw, context): StoryStep => {
  const kind = Object.keys(SHAPES).find((key) => typeof raw === 'object' && raw !== null && key in raw);
  const read = (kind === undefined ? PushStep : SHAPES[kind as keyof typeof SHAPES]).safeParse(raw);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

/** Which persons of the story the rows of a push name. */
export const namedIn = ({ rows }: StoryPush): readonly string[] =>
  rows.flatMap((row) =>
    [row['of'], ...Object.values(row).map(personInCell)].filter((name): name is string => typeof name === 'string'),
  );

const InCell = z.strictObject({ of: personName });

/** The person whose number a cell stands for (`{of: mother}`), if it does. */
export const personInCell = (cell: unknown): string | undefined => InCell.safeParse(cell).data?.of;
