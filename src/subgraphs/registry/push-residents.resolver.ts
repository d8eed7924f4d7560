import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { PushMigrantWorkersInput, PushResidentsInput } from './push-residents.input.ts';

/** The lists that say where people live. */
@Resolver()
export class PushResidentsResolver {
  /** Takes in the residents list. */
  @Mutation(() => SubmissionType, {
    description:
      '报送户籍和居住证人员名单：Pushes the residents list (公安). Every row is judged on its own. Scope `list:residents:push`.',
  })
  pushResidents(
    @Arg('input', () => PushResidentsInput, { description: '报送内容：The push.' }) input: PushResidentsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('residents', input, context);
  }

  /** Takes in the migrant workers' list. */
  @Mutation(() => SubmissionType, {
    description:
      '报送外出务工人员名单：Pushes the migrant workers’ list (镇街). Every row is judged on its own. Scope `list:migrant-workers:push`.',
  })
  pushMigrantWorkers(
    @Arg('input', () => PushMigrantWorkersInput, { description: '报送内容：The push.' }) input: PushMigrantWorkersInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('migrant-workers', input, context);
  }
}
