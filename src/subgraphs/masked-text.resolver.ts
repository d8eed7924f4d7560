import { FieldResolver, Resolver, Root } from 'type-graphql';
import { GraphQLError } from 'graphql';
import { MaskedText } from './masked-text.type.ts';

/** The whole of a masked text. */
@Resolver(() => MaskedText)
export class MaskedTextResolver {
  /** The whole text, for those who may see it. */
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '完整内容：The whole text; null with the error FORBIDDEN unless the agency and its token are granted `person:reveal`.',
  })
  revealed(@Root() text: MaskedText): string {
    if (text.whole !== undefined) return text.whole;
    throw new GraphQLError('未获准查看完整号码 / Seeing the whole number is not granted', {
      extensions: { code: 'FORBIDDEN' },
    });
  }
}
