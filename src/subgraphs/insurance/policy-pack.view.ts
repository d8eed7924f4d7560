import type { PayerGroup, PolicyPack, TierRow } from '../../domain/policy/policy-pack.ts';
import type { PayerGroupType, PolicyPackType, SubsidyTier } from './policy-pack.type.ts';

const tierView = ({ when, ...tier }: TierRow): SubsidyTier => ({
  ...tier,
  liftedHousehold: when.liftedHousehold ?? null,
  riskEliminated: when.riskEliminated ?? null,
  ruralHukou: when.ruralHukou ?? null,
});

const groupView = ({ id, zh, rows }: PayerGroup): PayerGroupType => ({ id, zh, rules: rows.map(({ rule }) => rule) });

const views = new WeakMap<PolicyPack, PolicyPackType>();

/** Shows a pack. Every decision shows the pack it was made by, so the view of each is made once. */
export function policyPackView(pack: PolicyPack): PolicyPackType {
  const view = views.get(pack) ?? viewOf(pack);
  views.set(pack, view);
  return view;
}

function viewOf(pack: PolicyPack): PolicyPackType {
  return {
    id: pack.id,
    policyYear: pack.policyYear,
    status: pack.status,
    place: pack.place,
    document: pack.document,
    premium: pack.premium,
    period: pack.period,
    window: pack.window,
    openDays: pack.window.openDays ?? null,
    tiers: pack.tiers.map(tierView),
    untiered: pack.untiered,
    groups: pack.groups.map(groupView),
    targets: pack.targets,
    rules: Object.values(pack.rules),
    digest: pack.digest,
  };
}
