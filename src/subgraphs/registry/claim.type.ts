import { Field, ID, ObjectType } from 'type-graphql';
import type { Claim, ClaimSource } from '../../domain/claims/claim.ts';
import type { Agency, ListName } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { claimSource, ClaimSourceType } from '../claim.type.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { AgencyWord, ATTRIBUTE_LABELS, attributesInOrder, ListWord } from '../words.ts';

/** One thing a claim says. */
@ObjectType('SaidValue', {
  simpleResolvers: true,
  description: '申报内容项：One thing that a claim says, with its label.',
})
export class SaidValue {
  @Field(() => String, { description: '字段名：The column’s field name (`policyYear`).' })
  name: string;

  @Field(() => String, { description: '中文名：The column’s heading in Chinese (`参保年度`).' })
  zh: string;

  @Field(() => String, {
    description:
      '内容：The value as text: days YYYY-MM-DD, money in yuan with two places, words by their code, true or false; the name and a document’s number masked unless `person:reveal` is granted and the request says why.',
  })
  value: string;
}

/** A claim of any list. */
@ObjectType('Claim', {
  simpleResolvers: true,
  description:
    '申报记录：One dated statement about the person: who said what, true from and to, told when, by which row. One shape for every list; the families of lists show theirs with typed fields too.',
})
export class ClaimType {
  @Field(() => ID, { description: '记录标识：The claim’s id, a UUID.' })
  id: string;

  @Field(() => ListWord, { description: '名单：The list.' })
  list: ListName;

  @Field(() => AgencyWord, { description: '报送部门：The agency that said it.' })
  agency: Agency;

  @Field(() => [SaidValue], { description: '申报内容：What it says, the name as written first.' })
  said: SaidValue[];

  @Field(() => DayScalar, {
    nullable: true,
    description: '有效期起：The first day on which it holds; for an event its day; null where the list gives none.',
  })
  validFrom: PlainDate | null;

  @Field(() => DayScalar, {
    nullable: true,
    description: '有效期止：The last day on which it holds, inclusive; null while it goes on.',
  })
  validTo: PlainDate | null;

  @Field(() => InstantScalar, { description: '获知时间：When the hub was told.' })
  toldAt: Date;

  @Field(() => InstantScalar, {
    description:
      '首次获知时间：When the hub was first told of the matter; earlier than `toldAt` where this claim replaced one.',
  })
  firstToldAt: Date;

  @Field(() => ClaimSourceType, { description: '数据来源：The submission and row that say so.' })
  source: ClaimSource;
}

const asText = (name: string, value: unknown): string =>
  name === 'amount' ? MoneyScalar.serialize(value) : String(value);

/** Shows a claim of any list, as far as its reader may see it. */
export function claimView(claim: Claim): ClaimType {
  const said = attributesInOrder(claim.attributes)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => ({ name, zh: ATTRIBUTE_LABELS[name] ?? name, value: asText(name, value) }));
  const { id, list, agency, validFrom, validTo, toldAt, firstToldAt } = claim;
  const source = claimSource(claim);
  return { id, list, agency, said, validFrom, validTo, toldAt, firstToldAt, source };
}
