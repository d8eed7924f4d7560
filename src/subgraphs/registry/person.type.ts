import { Directive, Field, ObjectType } from 'type-graphql';
import type { ClaimSource } from '../../domain/claims/claim.ts';
import type { Category, IdType } from '../../domain/intake/words.ts';
import type { DeathStatus, PersonRecord, Sourced } from '../../domain/person/person-record.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ClaimSourceType } from '../claim.type.ts';
import { PersonKey } from '../person-key.ts';
import { DayScalar } from '../scalars.ts';
import { DeathStatusWord, RecordValueWord } from '../states.ts';
import { CategoryWord, IdTypeWord } from '../words.ts';
import { MaskedText } from '../masked-text.type.ts';

/** One day of death as one agency reported it. */
@ObjectType('ReportedDeath', {
  simpleResolvers: true,
  description: '死亡报告：One day of death as one row reports it.',
})
export class ReportedDeath {
  @Field(() => DayScalar, { description: '死亡日期：The day of death reported.' })
  diedOn: PlainDate;

  @Field(() => ClaimSourceType, { description: '数据来源：The row that says so.' })
  source: ClaimSource;
}

/** What is known of a death. */
@ObjectType('Death', {
  simpleResolvers: true,
  description:
    '死亡信息：What is known of the person’s death, counted as the jurisdiction’s rules say (which sources, how many must agree).',
})
export class DeathType implements DeathStatus {
  @Field(() => DeathStatusWord, { description: '死亡状态：How certain it is.' })
  status: DeathStatus['status'];

  @Field(() => DayScalar, { nullable: true, description: '死亡日期：The day of death once confirmed, else null.' })
  diedOn: PlainDate | null;

  @Field(() => Boolean, {
    description: '日期不一致：Do sources that count name different days? May be true although one day is confirmed.',
  })
  conflicting: boolean;

  @Field(() => [ReportedDeath], {
    description: '死亡报告：Every report, also of agencies whose word does not count here: by day, then as told.',
  })
  reports: readonly ReportedDeath[];
}

/** A document that names the person. */
@ObjectType('Identifier', { simpleResolvers: true, description: '证件：A document that names the person.' })
export class Identifier {
  @Field(() => IdTypeWord, { description: '证件类型：The kind of document.' })
  idType: IdType;

  @Field(() => MaskedText, { description: '证件号码：Its number, masked.' })
  number: MaskedText;
}

/** Another value that lists give. */
@ObjectType('OtherValue', {
  simpleResolvers: true,
  description: '其他来源数据：A value that other rows give instead, kept with its sources.',
})
export class OtherValue {
  @Field(() => String, { description: '数据值：The value; a day as YYYY-MM-DD.' })
  value: string;

  @Field(() => [ClaimSourceType], {
    description: '数据来源：The rows that say so; empty where it is read from the id number.',
  })
  sources: readonly ClaimSource[];
}

/** Where a value of the record came from. */
@ObjectType('Provenance', {
  simpleResolvers: true,
  description: '数据溯源：Where a value of the record came from, and what other sources say instead.',
})
export class Provenance {
  @Field(() => RecordValueWord, { description: '数据项：Which value of the record.' })
  of: 'NAME' | 'BIRTH_DATE' | 'HOUSEHOLD_NUMBER' | 'REGION_CODE' | 'HARDSHIP' | 'DISABILITY';

  @Field(() => CategoryWord, {
    nullable: true,
    description: '身份类别：The identity whose days are meant; null for any other value.',
  })
  category: Category | null;

  @Field(() => String, {
    description:
      '采用值：The value that counts; a day as YYYY-MM-DD, the days of an identity as first/last, `..` for an open end.',
  })
  value: string;

  @Field(() => Boolean, {
    description:
      '是否矛盾：Do other rows that the caller may see say otherwise? What counts is settled by the jurisdiction’s order of sources; it holds no benefit unless the policy says so.',
  })
  conflicting: boolean;

  @Field(() => [ClaimSourceType], {
    description:
      '采用来源：The rows that say so, of lists that the caller may see; empty where it is read from the id number.',
  })
  sources: readonly ClaimSource[];

  @Field(() => [OtherValue], { description: '未采用值：The values that lost, each with its sources.' })
  others: readonly OtherValue[];
}

/** The person at home in the registry. */
@Directive('@key(fields: "id")')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', {
  description:
    '人员（一人一档）：One person with one record, made from the claims that stood when asked (knownAt). What the caller may not see is null or left out.',
})
export class RegistryPerson extends PersonKey {}

const ofSourced = (
  of: Provenance['of'],
  sourced: Sourced<string> | null,
  category: Category | null = null,
): Provenance[] => (sourced ? [{ ...sourced, of, category, conflicting: sourced.others.length > 0 }] : []);

/** The values of a record with their sources, as the graph shows them. */
export function provenanceOf(record: Omit<PersonRecord, 'sex' | 'death'>): Provenance[] {
  return [
    ...ofSourced('NAME', record.name),
    ...ofSourced('BIRTH_DATE', record.birthDate),
    ...ofSourced('HOUSEHOLD_NUMBER', record.householdNumber),
    ...ofSourced('REGION_CODE', record.regionCode),
    ...record.hardship.flatMap((one) => ofSourced('HARDSHIP', one, one.category)),
    ...record.disability.flatMap((one) => ofSourced('DISABILITY', one, one.category)),
  ];
}
