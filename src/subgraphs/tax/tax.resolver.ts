import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { payment, Payment } from './payment.type.ts';
import { PushPaymentsInput } from './push-payments.input.ts';
import { PushRefundApplicationsInput } from './push-refund-applications.input.ts';
import { refundApplication, RefundApplication } from './refund-application.type.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with payments and refund applications.' })
export class TaxPerson extends PersonKey {}

/** The lists of payments and refund applications. */
@Resolver(() => TaxPerson)
export class TaxResolver {
  /** Takes in the list of payments. */
  @Mutation(() => SubmissionType, {
    description:
      '报送缴费名单：Pushes the list of payments (税务). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:payments:push`.',
  })
  pushPayments(
    @Arg('input', () => PushPaymentsInput, { description: '报送内容：The push.' }) input: PushPaymentsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('payments', input, context);
  }

  /** Takes in the list of refund applications. */
  @Mutation(() => SubmissionType, {
    description:
      '报送退费申请名单：Pushes the list of refund applications (税务). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:refund-applications:push`.',
  })
  pushRefundApplications(
    @Arg('input', () => PushRefundApplicationsInput, { description: '报送内容：The push.' })
    input: PushRefundApplicationsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('refund-applications', input, context);
  }

  /** Premiums paid, as far as the caller may see. */
  @FieldResolver(() => [Payment], {
    description:
      '缴费记录：Premiums paid, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  payments(@Root() person: PersonRoot): Payment[] {
    return claimsOf(person, 'payments').map(payment);
  }

  /** Refunds asked for, as far as the caller may see. */
  @FieldResolver(() => [RefundApplication], {
    description:
      '退费申请：Refunds asked for, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  refundApplications(@Root() person: PersonRoot): RefundApplication[] {
    return claimsOf(person, 'refund-applications').map(refundApplication);
  }
}
