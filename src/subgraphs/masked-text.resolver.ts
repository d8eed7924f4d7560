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
      '完整内容：The whole text; null with the error FORBIDDEN unless the agency and its token are granted `person:reveal` and the request says why (header `reveal-reason`).',
  })
  revealed(@Root() text: MaskedText): string {
    if (text.whole !== undefined) return text.whole;
    throw new GraphQLError(
      '未获准查看完整号码，或未说明理由 / Seeing the whole number is not granted, or no reason was given',
      { extensions: { code: 'FORBIDDEN' } },
    );
  }
}
