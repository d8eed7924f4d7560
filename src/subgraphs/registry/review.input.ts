import { GraphQLError } from 'graphql';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { CorrectionState, Settlement } from '../../domain/review/settlement.ts';
import { SettledAttributeWord } from '../states.ts';
import { CorrectionStateWord } from '../words.ts';
import type { SettledAttribute } from './review-settlement.type.ts';

/** These subjects are one person, or different people. */
@InputType('SubjectsInput', { description: '证件主体：Subjects that are settled together.' })
export class SubjectsInput {
  @Field(() => [ID], { description: '证件主体：Two or more subjects, by key.' })
  subjects: string[];
}

/** These names are other people's. */
@InputType('OtherPersonsNamesInput', {
  description: '一号多人：What is told of a subject under some names is told of other people.',
})
export class OtherPersonsNamesInput {
  @Field(() => ID, { description: '证件主体：The subject, by key.' })
  subject: string;

  @Field(() => [String], {
    description:
      '姓名：Names that rows give it and that are other people’s, each another person’s; not all of its names.',
  })
  names: string[];
}

/** This value counts. */
@InputType('KeepValueInput', {
  description: '以此值为准：Of a subject this value counts, whatever the order of sources.',
})
export class KeepValueInput {
  @Field(() => ID, { description: '证件主体：The subject, by key.' })
  subject: string;

  @Field(() => SettledAttributeWord, { description: '数据项：Which value.' })
  attribute: SettledAttribute;

  @Field(() => String, { description: '采用值：One that rows or the number give; a day as YYYY-MM-DD.' })
  value: string;
}

/** The owner of a row is asked. */
@InputType('AskOwnerInput', { description: '请部门核实：Asks the owner of a row to check and correct it.' })
export class AskOwnerInput {
  @Field(() => ID, { description: '报送批次：The submission of a row that takes part in the task.' })
  submission: string;

  @Field(() => Int, { description: '行号：The row, counted from 1.' })
  row: number;

  @Field(() => String, { description: '列名：The column that is doubted, by its field name (`idNumber`).' })
  about: string;
}

/** What a person settles. */
@InputType('SettlementInput', {
  description: '认定：What is settled. Exactly one of the fields; more or none is BAD_USER_INPUT.',
})
export class SettlementInput {
  @Field(() => SubjectsInput, { nullable: true, description: '同一人：The subjects are one person.' })
  samePerson?: SubjectsInput | null;

  @Field(() => SubjectsInput, { nullable: true, description: '不同的人：No two of the subjects are one person.' })
  differentPeople?: SubjectsInput | null;

  @Field(() => OtherPersonsNamesInput, { nullable: true, description: '一号多人：Some names are other people’s.' })
  otherPersonsNames?: OtherPersonsNamesInput | null;

  @Field(() => KeepValueInput, { nullable: true, description: '以此值为准：A value counts.' })
  keepValue?: KeepValueInput | null;

  @Field(() => AskOwnerInput, { nullable: true, description: '请部门核实：The owner of a row is asked.' })
  askOwner?: AskOwnerInput | null;
}

/** An owner's answer. */
@InputType('CorrectionAnswerInput', { description: '答复：What the owner of a row says to a request.' })
export class CorrectionAnswerInput {
  @Field(() => CorrectionStateWord, {
    description: '答复结果：ACCEPTED takes it up, CORRECTED and REFUSED close it; OPEN is BAD_USER_INPUT.',
  })
  state: CorrectionState;

  @Field(() => String, {
    nullable: true,
    description: '答复：What was corrected, or why nothing is, 1 to 200 characters; may be left out with ACCEPTED.',
  })
  answer?: string | null;
}

/** A row that is doubted. */
@InputType('CorrectionRequestInput', { description: '校核申请：A row that is doubted, and why.' })
export class CorrectionRequestInput {
  @Field(() => ID, { description: '报送批次：The submission, as the source of a value names it.' })
  submission: string;

  @Field(() => Int, { description: '行号：The row, counted from 1.' })
  row: number;

  @Field(() => String, { description: '列名：The column that is doubted, by its field name (`name`).' })
  about: string;

  @Field(() => String, { description: '申请理由：Why, 1 to 200 characters.' })
  reason: string;
}

const ATTRIBUTES = { NAME: 'name', BIRTH_DATE: 'birthDate' } as const;

/** Reads a settlement; BAD_USER_INPUT unless exactly one is given. */
export function settlementOf(input: SettlementInput): Settlement {
  const { samePerson, differentPeople, otherPersonsNames, keepValue, askOwner } = input;
  const given: Settlement[] = [
    ...(samePerson ? [{ kind: 'SAME_PERSON', ...samePerson } as const] : []),
    ...(differentPeople ? [{ kind: 'DIFFERENT_PEOPLE', ...differentPeople } as const] : []),
    ...(otherPersonsNames ? [{ kind: 'OTHER_PERSONS_NAMES', ...otherPersonsNames } as const] : []),
    ...(keepValue ? [{ kind: 'KEEP_VALUE', ...keepValue, attribute: ATTRIBUTES[keepValue.attribute] } as const] : []),
    ...(askOwner ? [{ kind: 'ASK_OWNER', ...askOwner } as const] : []),
  ];
  if (given.length === 1) return given[0]!;
  throw new GraphQLError('须且只能填一种认定 / Exactly one settlement must be given', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}
