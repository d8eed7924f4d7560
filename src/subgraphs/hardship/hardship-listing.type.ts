import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { Category } from '../../domain/intake/words.ts';
import { DatedEntry, datedEntry } from '../claim.type.ts';
import { CategoryWord } from '../words.ts';

/** One listing of a person as being in hardship. */
@ObjectType('HardshipListing', {
  simpleResolvers: true,
  description: '困难人员认定：One listing of a person under an identity, from the day of recognition (认定) on.',
})
export class HardshipListing extends DatedEntry {
  @Field(() => CategoryWord, { description: '身份类别：The identity that the owner’s word stands for.' })
  category: Category;

  @Field(() => String, { description: '原始类别用语：The category word exactly as the owner wrote it.' })
  word: string;

  @Field(() => Boolean, {
    nullable: true,
    description: '是否脱贫户：Is the household one lifted from poverty? Null where the list does not say.',
  })
  liftedHousehold: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: '风险是否已消除：Is the risk eliminated? Null where the list does not say.',
  })
  riskEliminated: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: '是否农村户口：Is the person of rural registration? Null where the list does not say.',
  })
  ruralHukou: boolean | null;
}

/** Shows a hardship claim. */
export function hardshipListing(claim: ClaimOf<'hardship'>): HardshipListing {
  const { category, word, liftedHousehold, riskEliminated, ruralHukou } = claim.attributes;
  return {
    ...datedEntry(claim),
    category,
    word,
    liftedHousehold: liftedHousehold ?? null,
    riskEliminated: riskEliminated ?? null,
    ruralHukou: ruralHukou ?? null,
  };
}
