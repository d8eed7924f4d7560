import { Arg, Ctx, Directive, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { HubContext } from '../context.ts';
import type { PersonRoot } from '../person-key.ts';
import { unwrap } from '../refusal-error.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { BenefitDecisionType } from './benefit-decision.type.ts';
import { benefitDecisionView } from './benefit-decision.view.ts';
import { InsurancePerson } from './insurance.resolver.ts';
import { PolicyPackType } from './policy-pack.type.ts';
import { policyPackView } from './policy-pack.view.ts';
import { PopulationSummaryType } from './population.type.ts';

/** Policies, and what they decide. */
@Resolver(() => InsurancePerson)
export class BenefitResolver {
  /** What a pack says of the person. */
  @Directive('@cost(weight: 5)')
  @FieldResolver(() => BenefitDecisionType, {
    description:
      '待遇核定：What the jurisdiction’s policy pack of a plan year decides for the person. NOT_FOUND where it has no pack for the year. Scope `benefit:read`.',
  })
  async benefit(
    @Root() person: PersonRoot,
    @Ctx() context: HubContext,
    @Arg('policyYear', () => Int, { description: '参保年度：The plan year, 2026.' }) policyYear: number,
    @Arg('asOf', () => DayScalar, {
      nullable: true,
      description: '核定日期：The day asked about; by default the day (北京时间) of what is known.',
    })
    asOf?: PlainDate | null,
    @Arg('knownAt', () => InstantScalar, {
      nullable: true,
      description: '获知时点：Decide by what the hub knew at this instant; by default as the person was asked for.',
    })
    knownAt?: Date | null,
  ): Promise<BenefitDecisionType> {
    const { flows, caller, persons } = context;
    const another = knownAt && knownAt.getTime() !== person.view.knownAt.getTime();
    const view = another ? await persons.again(person.view, knownAt) : person.view;
    const decision = unwrap(flows.decideBenefit(view, policyYear, asOf ?? null, caller));
    const pack = unwrap(flows.policyPacks(caller)).find(({ id }) => id === decision.pack);
    if (!pack) throw new Error('a decision by a pack that the hub does not hold');
    return benefitDecisionView(decision, pack);
  }

  /** What a pack decides of everybody. */
  @Query(() => PopulationSummaryType, {
    nullable: true,
    description:
      '核定汇总：What the jurisdiction’s policy pack of a plan year decides of everybody, in figures; null before anybody is decided. For agencies that may know of everybody, else FORBIDDEN; NOT_FOUND where there is no pack for the year. Scope `benefit:read`.',
  })
  async populationSummary(
    @Arg('policyYear', () => Int, { description: '参保年度：The plan year.' }) policyYear: number,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<PopulationSummaryType | null> {
    const summary = unwrap(await flows.populationSummary(policyYear, caller));
    if (!summary) return null;
    const pack = unwrap(flows.policyPacks(caller)).find(({ id }) => id === summary.pack);
    if (!pack) throw new Error('a decision by a pack that the hub does not hold');
    return { ...summary, pack: policyPackView(pack) };
  }

  /** A pack by place and year. */
  @Query(() => PolicyPackType, {
    nullable: true,
    description:
      '政策包：The pack of a jurisdiction for a plan year; null where it has none. Policies are public: any token will do.',
  })
  policyPack(
    @Arg('jurisdiction', () => ID, { description: '统筹区：The jurisdiction, by its region code.' })
    jurisdiction: string,
    @Arg('policyYear', () => Int, { description: '参保年度：The plan year.' }) policyYear: number,
    @Ctx() { flows, caller }: HubContext,
  ): PolicyPackType | null {
    const pack = unwrap(flows.policyPacks(caller, jurisdiction)).find((one) => one.policyYear === policyYear);
    return pack ? policyPackView(pack) : null;
  }

  /** The packs of a place. */
  @Query(() => [PolicyPackType], {
    description: '政策包列表：The packs in force in a jurisdiction. Any token.',
  })
  policyPacks(
    @Ctx() { flows, caller }: HubContext,
    @Arg('jurisdiction', () => ID, {
      nullable: true,
      description: '统筹区：The jurisdiction, by its region code; by default the caller’s own.',
    })
    jurisdiction?: string | null,
  ): PolicyPackType[] {
    return unwrap(flows.policyPacks(caller, jurisdiction ?? undefined)).map(policyPackView);
  }
}
