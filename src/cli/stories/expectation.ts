import { z } from 'zod';
import { day, personName, personNames, yuan } from './story-words.ts';

const codes = z.array(z.string());

const decision = {
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
};

const terms = z.strictObject({
  category: decision.category,
  subsidy: decision.subsidy,
  payable: decision.payable,
  fundedBy: decision.fundedBy,
  benefit: decision.benefit,
  refund: decision.refund,
  review: decision.review,
});

const signedYuan = z.number().optional();

const change = z.strictObject({
  of: personName,
  because: z.enum(['LISTS', 'SETTLEMENT', 'RULES_OR_DAY']).optional(),
  before: terms.nullable().optional(),
  after: terms.nullable().optional(),
  adjustment: z
    .strictObject({
      subsidy: signedYuan,
      payable: signedYuan,
      paid: signedYuan,
      refund: signedYuan,
      coveredDays: z.int().optional(),
    })
    .optional(),
});

const household = {
  household: z
    .strictObject({
      number: z.string(),
      status: z.string().nullable().optional(),
      members: z.array(personName).optional(),
      notEnrolled: z.array(personName).optional(),
    })
    .optional(),
};

/** What only the day itself can answer: what the hub's own work has come to by then. */
const work = {
  tasks: z.array(z.strictObject({ kind: z.string(), state: z.string() })).optional(),
  changes: z.array(change).optional(),
};

const person = {
  known: z.boolean().optional(),
  samePersonAs: personNames.optional(),
  notSamePersonAs: personNames.optional(),
  name: z.string().nullable().optional(),
  birthDate: day.nullable().optional(),
};

// Strict: a misspelt key would otherwise be an expectation that nobody checks.
/** What a case expects of one answer. */
export const Expectation = z.strictObject({ ...decision, ...person, ...household, ...work });
const DecisionExpectation = z.strictObject(decision);
const PersonExpectation = z.strictObject(person);
const HouseholdPart = z.strictObject(household);
const WorkExpectation = z.strictObject(work);

/** What a case expects of one answer; keys that are absent are not checked. */
export type Expectation = z.output<typeof Expectation>;
/** What a case expects of a decision. */
export type DecisionExpectation = z.output<typeof DecisionExpectation>;
/** What a case expects of who somebody is. */
export type PersonExpectation = z.output<typeof PersonExpectation>;

/** What a case expects of a household. */
export type HouseholdExpectation = NonNullable<z.output<typeof HouseholdPart>['household']>;
/** What a case expects of what the hub's work has come to. */
export type WorkExpectation = z.output<typeof WorkExpectation>;
/** What a case expects of one change of a decision. */
export type ChangeExpectation = z.output<typeof change>;

/** The part of an expectation that is about the decision. */
export const ofDecision = (expected: Expectation): DecisionExpectation => part(expected, DecisionExpectation);
/** The part of an expectation that is about who somebody is. */
export const ofPerson = (expected: Expectation): PersonExpectation => part(expected, PersonExpectation);
/** The part of an expectation that is about a household. */
export const ofHousehold = (expected: Expectation): z.output<typeof HouseholdPart> => part(expected, HouseholdPart);
/** The part of an expectation that only its own day can answer. */
export const ofWork = (expected: Expectation): WorkExpectation => part(expected, WorkExpectation);

/** Which persons of the story an expectation names. */
export const namedInExpectation = ({
  samePersonAs,
  notSamePersonAs,
  household: book,
  changes,
}: Expectation): readonly string[] =>
  [
    samePersonAs ?? [],
    notSamePersonAs ?? [],
    book?.members ?? [],
    book?.notEnrolled ?? [],
    (changes ?? []).map(({ of }) => of),
  ].flat();

function part<T extends z.ZodObject>(expected: Expectation, shape: T): z.output<T> {
  const named = Object.entries(expected).filter(([key, value]) => key in shape.shape && value !== undefined);
  return Object.fromEntries(named) as z.output<T>;
}
