/** How much of people one office may be told: persons, not requests, so that one question about many weighs as much as many about one. */
export interface ReadBudget {
  /** Persons that an office's systems and staff may be told of in a day, all of them together. */
  readonly personsADay: number;
  /** Persons that one of its staff may be told of in a day, where tokens name them. */
  readonly personsADayOfOne: number;
  /** Numbers that one caller may ask for in a minute without being told of anybody. */
  readonly missesAMinute: number;
  /** The same for an office as a whole, whose tokens may name any number of staff. */
  readonly missesAMinuteOfAll: number;
}

/**
 * What holds where a jurisdiction's file sets no budget. An office may read its whole county, the largest of which have some two million
 * people, in a day; somebody at a desk looks at hundreds. The numbers of one county and birthday are a thousand, so that finding out
 * who of them is known would take most of an hour, each minute of it with an alarm.
 */
export const DEFAULT_BUDGET: ReadBudget = {
  personsADay: 2_000_000,
  personsADayOfOne: 5_000,
  missesAMinute: 20,
  missesAMinuteOfAll: 200,
};

/** What one request is about to be told: persons, each once, and numbers asked for in vain. */
export interface Spending {
  readonly persons: number;
  readonly misses: number;
}

/** A part of a budget that a request takes from. */
export interface BudgetShare {
  readonly client: string;
  /** Whose it is; empty for what belongs to the client as a whole. */
  readonly operator: string;
  readonly kind: 'PERSONS' | 'MISSES';
  readonly amount: number;
  readonly limit: number;
  /** Milliseconds that it lasts, from the first that is taken of it. */
  readonly span: number;
  /** How much is worth drawing at once, so that not every request needs to. */
  readonly ahead: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Parts in which a day's persons are drawn: what a process that ends has not used of one is lost until the next day. */
const PARTS = 200;

/** What a request takes from which budgets: from none where it is told of nobody and asked for nobody in vain. */
export function sharesOf(
  { client, operator }: { readonly client: string; readonly operator?: string },
  { persons, misses }: Spending,
  { personsADay, personsADayOfOne, missesAMinute, missesAMinuteOfAll }: ReadBudget,
): readonly BudgetShare[] {
  const ofPersons = (limit: number, whose: string): BudgetShare[] =>
    persons === 0
      ? []
      : [
          {
            client,
            operator: whose,
            kind: 'PERSONS',
            amount: persons,
            limit,
            span: DAY,
            ahead: Math.ceil(limit / PARTS),
          },
        ];
  const ofMisses = (limit: number, whose: string): BudgetShare[] =>
    misses === 0 ? [] : [{ client, operator: whose, kind: 'MISSES', amount: misses, limit, span: MINUTE, ahead: 0 }];
  // Misses first: they are few, so that a request refused for them has drawn nothing else.
  return operator === undefined
    ? [...ofMisses(missesAMinute, ''), ...ofPersons(personsADay, '')]
    : [
        ...ofMisses(missesAMinute, operator),
        ...ofMisses(missesAMinuteOfAll, ''),
        ...ofPersons(personsADayOfOne, operator),
        ...ofPersons(personsADay, ''),
      ];
}
