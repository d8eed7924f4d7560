import { z } from 'zod';
import { Expectation, namedInExpectation, ofDecision, ofPerson } from './expectation.ts';
import { namedIn, pushMeantBy, PushStep, Step, type StoryStep } from './step.ts';
import { day, personName } from './story-words.ts';

const Person = z.object({
  name: z.string(),
  idNumber: z.string(),
  idType: z.string().optional(),
  foundBy: z.literal('name').optional(),
});

const Ask = z.strictObject({
  on: day,
  of: personName.optional(),
  policyYear: z.int().optional(),
  knownAt: z.union([day, z.iso.datetime({ offset: true })]).optional(),
  expect: Expectation,
});

const Case = z
  .object({
    id: z.string().min(1),
    rule: z.string(),
    title: z.string().default(''),
    person: Person.optional(),
    persons: z.record(personName, Person).optional(),
    pushes: z.array(PushStep).optional(),
    steps: z.array(Step).min(1).optional(),
    asks: z.array(Ask).min(1),
  })
  .superRefine((told, context) => {
    const wrong = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (!told.person === !told.persons) wrong(['person'], 'needs either person or persons');
    if (!told.pushes === !told.steps) wrong(['pushes'], 'needs either pushes or steps');
    checkNames(told, wrong);
    checkOrder(told.steps ?? [], wrong);
  });

type CaseRead = z.output<z.ZodObject<(typeof Case)['shape']>>;
type Wrong = (path: PropertyKey[], message: string) => void;

/**
 * One document by which a story names somebody; two of them may turn out to be one person's. `foundBy` says that the hub is asked for
 * the name, since the number is another's.
 */
export type StoryPerson = z.output<typeof Person>;
/** One question of a story: what is known at the end of the day `on`, or at `knownAt`. */
export type StoryAsk = z.output<typeof Ask> & { readonly of: string };

/** One story: what happens, and what the hub must answer. */
export interface Story {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly pack: string;
  readonly persons: ReadonlyMap<string, StoryPerson>;
  /** By what name the file lists the steps. With `steps` the questions are asked on their own days and once more at the end. */
  readonly lists: 'pushes' | 'steps';
  readonly steps: readonly StoryStep[];
  readonly asks: readonly StoryAsk[];
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

/** What a story with one person calls them. */
const THE_PERSON = 'person';

const personsOf = ({ person, persons = {} }: CaseRead): ReadonlyMap<string, StoryPerson> =>
  new Map(Object.entries(person ? { [THE_PERSON]: person } : persons));

/** Everybody named is one of the story's persons; whoever is asked about is named where there are several. */
function checkNames(told: CaseRead, wrong: Wrong): void {
  const persons = personsOf(told);
  const known = (path: PropertyKey[], names: readonly string[]): void => {
    for (const name of names) if (!persons.has(name)) wrong(path, `no person of the story is called ${name}`);
  };
  told.steps?.forEach((step, index) => {
    known(['steps', index, ...(step.does === 'push' ? ['rows'] : [])], namedIn(step));
  });
  told.asks.forEach((ask, index) => {
    const { expect } = ask;
    const asksDecision = Object.keys(ofDecision(expect)).length > 0;
    const asksPerson = asksDecision || Object.keys(ofPerson(expect)).length > 0;
    if (asksPerson && ask.of === undefined && persons.size > 1) wrong(['asks', index, 'of'], 'must say of whom');
    known(['asks', index], [ask.of ?? [], namedInExpectation(expect)].flat());
    if ((asksDecision || expect.household) && ask.policyYear === undefined) {
      wrong(['asks', index, 'policyYear'], 'must say which year');
    }
  });
}

/** What happens later stands later, and only what was sent is taken back. */
function checkOrder(steps: readonly StoryStep[], wrong: Wrong): void {
  const sent = new Set<string>();
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (before && before.on > step.on) wrong(['steps', index, 'on'], 'must not be before the day of the step before');
    const meant = pushMeantBy(step);
    if (meant !== undefined && !sent.has(meant)) wrong(['steps', index], `no push before has the key ${meant}`);
    if (step.does === 'push' && step.key !== undefined) sent.add(step.key);
  });
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
    if (one.success) stories.push(storyOf(one.data, read.data.pack));
    else problems.push(...problemsOf(one.error, file, nameOf(raw, index)));
  });
  return { stories, problems };
}

function storyOf(told: CaseRead, pack: string): Story {
  const { id, rule, title } = told;
  const persons = personsOf(told);
  const [onlyPerson = THE_PERSON] = persons.keys();
  return {
    id,
    rule,
    title,
    pack,
    persons,
    lists: told.steps ? 'steps' : 'pushes',
    steps: told.steps ?? told.pushes ?? [],
    asks: told.asks.map((ask) => ({ ...ask, of: ask.of ?? onlyPerson })),
  };
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
