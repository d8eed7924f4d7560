import { Directive, Field, ObjectType } from 'type-graphql';
import type { SeenNumber } from '../domain/access/mask.ts';

/** A text that only some may see whole. */
@Directive('@shareable')
@ObjectType('MaskedText', {
  description:
    '脱敏文本：A number of which everyone sees a part and only those granted `person:reveal`, who say why, see the whole.',
})
export class MaskedText implements SeenNumber {
  @Field(() => String, {
    description:
      '脱敏显示（前3后4）：The first 3 and last 4 characters, a `*` for each one between; all `*` where there are no more than 7, and of a birth certificate.',
  })
  masked: string;

  /** The whole text, absent where the caller may not see it. Not a field of the graph itself. */
  whole?: string;
}
