import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { Claim, ClaimSource } from '../domain/claims/claim.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { DayScalar, InstantScalar } from './scalars.ts';
import { AgencyWord, ListWord } from './words.ts';

/** Where something was said. */
@Directive('@shareable')
@ObjectType('ClaimSource', {
  simpleResolvers: true,
  description: '数据来源：The row of a submission that said something: enough to find it again.',
})
export class ClaimSourceType implements ClaimSource {
  @Field(() => ID, { description: 'The id of the claim, a UUID.' })
  claim: string;

  @Field(() => AgencyWord, { description: '报送部门：The agency that said it.' })
  agency: Agency;

  @Field(() => ListWord, { description: '名单：The list on which it said so.' })
  list: ListName;

  @Field(() => ID, { description: '报送批次：The id of the submission, as `submission(id:)` takes it.' })
  submission: string;

  @Field(() => Int, {
    description:
      '行号：The row of that submission, counted from 1; 0 where no row says it, because a snapshot left the person out.',
  })
  row: number;

  @Field(() => InstantScalar, { description: '获知时间：When the hub was told.' })
  toldAt: Date;

  @Field(() => DayScalar, {
    nullable: true,
    description:
      '有效期起：The first day on which what it says holds; for an event its day; null where the list gives none.',
  })
  validFrom: PlainDate | null;

  @Field(() => DayScalar, {
    nullable: true,
    description: '有效期止：The last day on which it holds, inclusive; null while it goes on.',
  })
  validTo: PlainDate | null;
}

/** What every entry that a list holds on a person says, whichever list it is. */
@ObjectType({ simpleResolvers: true })
export class ListedEntry {
  @Field(() => String, {
    description:
      '姓名：The name on the row, as the owner wrote it, masked to its first character unless `person:reveal` is granted and the request says why.',
  })
  name: string;

  @Field(() => String, {
    nullable: true,
    description: '行政区划代码：The place the row names for the person, 6 to 12 digits; null where it names none.',
  })
  regionCode: string | null;

  @Field(() => ClaimSourceType, { description: '数据来源：The row that says so.' })
  source: ClaimSource;
}

/** An entry that holds over a span of days. */
@ObjectType({ simpleResolvers: true })
export class DatedEntry extends ListedEntry {
  @Field(() => DayScalar, {
    nullable: true,
    description: '起始日期：The first day on which it holds; null where the list gives none.',
  })
  from: PlainDate | null;

  @Field(() => DayScalar, {
    nullable: true,
    description: '终止日期：The last day on which it holds, inclusive; null while it goes on.',
  })
  to: PlainDate | null;
}

/** Names the row behind a claim, as the graph shows it. */
export const claimSource = (claim: Claim): ClaimSource => ({
  claim: claim.id,
  agency: claim.agency,
  list: claim.list,
  submission: claim.submission,
  row: claim.row,
  toldAt: claim.toldAt,
  validFrom: claim.validFrom,
  validTo: claim.validTo,
});

/** The part of an entry that every list has. */
export const listedEntry = (claim: Claim): ListedEntry => ({
  name: claim.attributes.name,
  regionCode: claim.attributes.regionCode ?? null,
  source: claimSource(claim),
});

/** The part of an entry that every list with periods has. */
export const datedEntry = (claim: Claim): DatedEntry => ({
  ...listedEntry(claim),
  from: claim.validFrom,
  to: claim.validTo,
});
