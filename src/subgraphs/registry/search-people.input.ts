import { Field, InputType, Int } from 'type-graphql';
import type { Category } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { EnrolmentState } from '../../flows/ports-search.ts';
import { DayScalar } from '../scalars.ts';
import { wordEnum } from '../word-enum.ts';
import { CategoryWord } from '../words.ts';

const EnrolmentStateWord = wordEnum(
  'EnrolmentState',
  '参保状态：Is a person enrolled for a plan year, by what its pack decides?',
  {
    PAID: '已缴费：something was paid',
    COVERED_WITHOUT_PAYMENT: '未缴费已有待遇：nothing was paid, and cover is decided',
    NOT_ENROLLED: '未参保：they live, nothing was paid and no cover is decided',
  } satisfies Record<EnrolmentState, string>,
);

/** By what people are searched. */
@InputType('PeopleSearched', {
  description:
    '检索条件：By what people are searched; all that is given must fit. At least one thing besides the region, else BAD_USER_INPUT.',
})
export class PeopleSearchedInput {
  @Field(() => String, {
    nullable: true,
    description: '姓名：The beginning of the name, at least one character; spaces and width make no difference.',
  })
  name?: string | null;

  @Field(() => DayScalar, { nullable: true, description: '出生日期：The day of birth.' })
  birthDate?: PlainDate | null;

  @Field(() => String, {
    nullable: true,
    description: '行政区划代码：A county, town or village, 6 to 12 digits; everybody within it.',
  })
  regionCode?: string | null;

  @Field(() => String, { nullable: true, description: '户号：The household number as written.' })
  householdNumber?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      '参保年度：The plan year that `category`, `ordinary` and `enrolment` are about; needed with each of them.',
  })
  policyYear?: number | null;

  @Field(() => CategoryWord, {
    nullable: true,
    description:
      '身份类别：The identity whose subsidy the pack of the year uses. Needs `benefit:read`, else FORBIDDEN.',
  })
  category?: Category | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      '普通居民：Only ordinary residents, to whom the pack gives no subsidy; not together with `category`. Needs `benefit:read`, else FORBIDDEN.',
  })
  ordinary?: boolean | null;

  @Field(() => EnrolmentStateWord, {
    nullable: true,
    description: '参保状态：Whether they are enrolled for the year. Needs `benefit:read`, else FORBIDDEN.',
  })
  enrolment?: EnrolmentState | null;
}
