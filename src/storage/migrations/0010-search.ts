import { Migration } from '@mikro-orm/migrations';

/**
 * What else people are found by: the household that claims name, over time, and the identity that a pack decides. Both indexes leave
 * out what is not searched by them, so that a push of another list and a decision on an ordinary resident do not pay for them.
 */
export class Search extends Migration {
  override up(): void {
    this.addSql(CLAIM_OF_HOUSEHOLD);
    this.addSql(DECISION_OF_CATEGORY);
  }
}

const CLAIM_OF_HOUSEHOLD = `
create index claim_of_household on claim (jurisdiction, (attributes ->> 'householdNumber')) where list = 'residents'`;

const DECISION_OF_CATEGORY = `
create index decision_of_category on decision (jurisdiction, pack, generation, category) where category is not null`;
