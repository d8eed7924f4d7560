import { Directive, Field, ObjectType } from 'type-graphql';

/** A text that only some may see whole. */
@Directive('@shareable')
@ObjectType('MaskedText', {
  description: '脱敏文本：A text of which everyone sees a part and only those granted `person:reveal` see the whole.',
})
export class MaskedText {
  @Field(() => String, {
    description:
      '脱敏显示（前3后4）：The first 3 and last 4 characters, a `*` for each one between; all `*` where there are no more than 7.',
  })
  masked: string;

  /** The whole text, or undefined where the caller may not see it. Not a field of the graph itself. */
  whole: string | undefined;
}

/** Masks a text (前3后4), and keeps the whole beside it for those who may reveal it. */
export function maskedText(text: string, mayReveal: boolean): MaskedText {
  const hidden = text.length > 7 ? text.length - 7 : 0;
  const masked = hidden > 0 ? text.slice(0, 3) + '*'.repeat(hidden) + text.slice(-4) : '*'.repeat(text.length);
  return { masked, whole: mayReveal ? text : undefined };
}
