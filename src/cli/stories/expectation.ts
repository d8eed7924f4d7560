import { z } from 'zod';
import { day, personNames, yuan } from './story-words.ts';

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

const person = {
  known: z.boolean().optional(),
  samePersonAs: personNames.optional(),
  notSamePersonAs: personNames.optional(),
  name: z.string().nullable().optional(),
  birthDate: day.nullable().optional(),
};

// Strict: a misspelt key would otherwise be an expectation that nobody checks.
/** What a case expects of one answer. */
export const Expectation = z.strictObject({ ...decision, ...person });
const DecisionExpectation = z.strictObject(decision);
const PersonExpectation = z.strictObject(person);

/** What a case expects of one answer; keys that are absent are not checked. */
export type Expectation = z.output<typeof Expectation>;
/** What a case expects of a decision. */
export type DecisionExpectation = z.output<typeof DecisionExpectation>;
/** What a case expects of who somebody is. */
export type PersonExpectation = z.output<typeof PersonExpectation>;

/** The part of an expectation that is about the decision. */
export const ofDecision = (expected: Expectation): DecisionExpectation => part(expected, DecisionExpectation);
/** The part of an expectation that is about who somebody is. */
export const ofPerson = (expected: Expectation): PersonExpectation => part(expected, PersonExpectation);

function part<T extends z.ZodObject>(expected: Expectation, shape: T): z.output<T> {
  const named = Object.entries(expected).filter(([key, value]) => key in shape.shape && value !== undefined);
  return Object.fromEntries(named) as z.output<T>;
}
