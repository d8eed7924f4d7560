import { z } from 'zod';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { parsePlainDate } from '../../domain/time/plain-date.ts';

const day = z
  .string()
  .refine((text) => parsePlainDate(text) !== undefined, 'must be a day of the calendar, YYYY-MM-DD');
const codes = z.array(z.string());
const yuan = z.union([z.number(), z.string().regex(/^\d+(\.\d{1,2})?$/, 'must be yuan, 400 or "400.00"')]);

// Strict: a misspelt key would otherwise be an expectation that nobody checks.
const Expectation = z.strictObject({
  category: z.string().nullable().optional(),
  subsidy: yuan.optional(),
  payable: yuan.optional(),
  fundedBy: z.string().nullable().optional(),
  benefit: z.array(z.string().regex(/^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/, 'must be first-day..last-day')).optional(),
  refund: z.strictObject({ decision: z.string().optional(), amount: yuan.optional() }).nullable().optional(),
  assisted: z.boolean().optional(),
  review: codes.optional(),
  notices: codes.optional(),
  targetGroups: codes.optional(),
});

const Push = z.strictObject({
  on: day,
  agency: z.enum(Object.keys(AGENCIES) as [Agency, ...Agency[]]),
  list: z.enum(Object.keys(LISTS) as [ListName, ...ListName[]]),
  rows: z.array(z.record(z.string(), z.unknown())).min(1),
});

const Ask = z.strictObject({ on: day, policyYear: z.int(), expect: Expectation });

const Case = z.object({
  id: z.string().min(1),
  rule: z.string(),
  title: z.string().default(''),
  person: z.object({ name: z.string(), idNumber: z.string(), idType: z.string().optional() }),
  pushes: z.array(Push),
  asks: z.array(Ask).min(1),
});

/** What a case expects of one answer; keys that are absent are not checked. */
export type Expectation = z.output<typeof Expectation>;
/** One list pushed in a story, on the day on which the hub receives it. */
export type StoryPush = z.output<typeof Push>;
/** One question of a story: what is known at the end of the day `on` about a policy year. */
export type StoryAsk = z.output<typeof Ask>;

/** One story: what agencies push about one person, and what the hub must answer. */
export interface Story extends z.output<typeof Case> {
  readonly pack: string;
}

/** A file, or a case of one, that cannot be told: where it is and what is wrong with it. */
export interface StoryProblem {
  readonly file: string;
  /** The case's id, or its place in the file where it has none; null where the file as a whole is meant. */
  readonly case: string | null;
  readonly what: string;
}

/** The stories of one file, and what in it cannot be told. */
export interface StoriesRead {
  readonly stories: readonly Story[];
  readonly problems: readonly StoryProblem[];
}

const File = z.object({ pack: z.string().min(1), cases: z.array(z.unknown()) });

/** Reads what a story file holds. A case that is not well formed costs itself only; the others are told. */
export function readStories(file: string, content: unknown): StoriesRead {
  const read = File.safeParse(content);
  if (!read.success) return { stories: [], problems: problemsOf(read.error, file, null) };

  const stories: Story[] = [];
  const problems: StoryProblem[] = [];
  read.data.cases.forEach((raw, index) => {
    const one = Case.safeParse(raw);
    if (one.success) stories.push({ ...one.data, pack: read.data.pack });
    else problems.push(...problemsOf(one.error, file, nameOf(raw, index)));
  });
  return { stories, problems };
}

function nameOf(raw: unknown, index: number): string {
  const id = (raw as { readonly id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : `case ${index + 1}`;
}

function problemsOf(error: z.ZodError, file: string, name: string | null): StoryProblem[] {
  return error.issues.map(({ path, message }) => ({ file, case: name, what: `${keyOf(path)}: ${message}` }));
}

/** `pushes[0].on`, as someone looking at the file would say it. */
function keyOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the whole of it';
}
