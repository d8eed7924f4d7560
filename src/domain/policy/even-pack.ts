import { oncePer } from './none.ts';
import type { GroupCondition, PayerGroup, PolicyPack, StartRow, TierRow } from './policy-pack.ts';

/**
 * The pack with every line of a table in one shape: what a line does not state is there as `undefined`. A population's decisions
 * read these lines millions of times, and the engine reads a property quickest where all objects have it in the same place.
 * Made once a pack.
 */
export const evenPackOf = oncePer((pack: PolicyPack): PolicyPack => ({
  ...pack,
  tiers: pack.tiers.map(evenTier),
  groups: pack.groups.map(evenGroup),
}));

const evenTier = ({ category, when, subsidy, payable, fundedBy, rule }: TierRow): TierRow => ({
  category,
  when: { liftedHousehold: when.liftedHousehold, riskEliminated: when.riskEliminated, ruralHukou: when.ruralHukou },
  subsidy,
  payable,
  fundedBy,
  rule,
});

const evenGroup = (group: PayerGroup): PayerGroup => ({
  id: group.id,
  zh: group.zh,
  when: evenCondition(group.when),
  measure: group.measure,
  rows: group.rows.map(evenRow),
  birthYear: group.birthYear,
  movesPaymentFrom: group.movesPaymentFrom,
  refundsEarlierYear: group.refundsEarlierYear,
});

const evenCondition = (when: GroupCondition): GroupCondition => ({
  bornFrom: when.bornFrom,
  bornTo: when.bornTo,
  newStudentOf: when.newStudentOf,
  lifeEvent: when.lifeEvent,
  leftEmployeeInsurance: when.leftEmployeeInsurance,
  migrantWorker: when.migrantWorker,
  newlyListedAfter: when.newlyListedAfter,
  listedBy: when.listedBy,
  uninsuredInYear: when.uninsuredInYear,
});

const evenRow = (row: StartRow): StartRow => ({
  until: row.until,
  start: row.start,
  wait: row.wait,
  price: row.price,
  tier: row.tier,
  review: row.review,
  notices: row.notices,
  birthYear: row.birthYear,
  rule: row.rule,
});
