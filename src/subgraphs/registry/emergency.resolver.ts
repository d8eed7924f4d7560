import { Arg, Ctx, Directive, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { unwrap } from '../refusal-error.ts';
import { EmergencyInput, EmergencyType } from './emergency.type.ts';

/** Emergencies: asked for by one person, approved by another. */
@Resolver()
export class EmergencyResolver {
  /** Asks for one. */
  @Mutation(() => EmergencyType, {
    description:
      '申请应急查询：Asks for an emergency in the name of a staff member (the token names an `operator`, else FORBIDDEN). It opens nothing before a second person of the same agency approves it. Put down in the audit log, and told to whoever watches the hub. Scopes `person:read` and `person:emergency`.',
  })
  async requestEmergency(
    @Arg('input', () => EmergencyInput, { description: '申请内容：What for.' }) input: EmergencyInput,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<EmergencyType> {
    const { because, numbers, minutes } = input;
    return unwrap(await flows.requestEmergency({ because, numbers, minutes }, caller));
  }

  /** Approves one. */
  @Mutation(() => EmergencyType, {
    description:
      '批准应急查询：Approves an emergency as a second person of the agency; whoever asked for it is FORBIDDEN. From now on who asked may use it. WRONG_STATE where it does not wait for approval, or has for an hour; NOT_FOUND where the agency has none of this id. Scopes `person:read` and `person:emergency`.',
  })
  async approveEmergency(
    @Arg('id', () => ID, { description: '编号：The id.' }) id: string,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<EmergencyType> {
    return unwrap(await flows.approveEmergency(id, caller));
  }

  /** Ends one. */
  @Mutation(() => EmergencyType, {
    description:
      '终止应急查询：Ends an emergency, or takes it back before it is approved; any named person of the agency may. WRONG_STATE where it is over, or has ended. Scopes `person:read` and `person:emergency`.',
  })
  async endEmergency(
    @Arg('id', () => ID, { description: '编号：The id.' }) id: string,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<EmergencyType> {
    return unwrap(await flows.endEmergency(id, caller));
  }

  /** Shows them. */
  @Directive('@listSize(assumedSize: 50)')
  @Query(() => [EmergencyType], {
    description:
      '本部门的应急查询：The agency’s own emergencies, the newest fifty first. Scopes `person:read` and `person:emergency`.',
  })
  async emergencies(@Ctx() { flows, caller }: HubContext): Promise<readonly EmergencyType[]> {
    return unwrap(await flows.emergencies(caller));
  }
}
