import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Purpose } from '../domain/access/caller.ts';
import type { HubContext } from './context.ts';
import { personRoot, personType, type PersonRoot } from './person-key.ts';
import { RowVerdictType } from './row-verdict.type.ts';
import { PurposeWord } from './words.ts';

/** Whom rows are about, in every subgraph that answers verdicts. */
@Resolver(() => RowVerdictType)
export class RowVerdictResolver {
  /** The person of the row. */
  @FieldResolver(() => personType(), {
    nullable: true,
    description:
      '该行所指人员：Whom the row is about, as linked and known now. Null for a rejected row, for one that was not kept or was taken back, and where the caller may not read persons for the purpose (`person:read`) or may not know of this one. Needs `submission:read`.',
  })
  async person(
    @Root() { submission, row }: RowVerdictType,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why the person is read.' }) purpose: Purpose,
    @Ctx() context: HubContext,
  ): Promise<PersonRoot | null> {
    const view = await context.rows.person(submission, row, purpose);
    if (view) context.persons.remember(view);
    return personRoot(view, null);
  }
}
