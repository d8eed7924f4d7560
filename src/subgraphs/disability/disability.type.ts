import { Field, Int, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { DisabilityType } from '../../domain/intake/words.ts';
import { seenNumber } from '../../flows/see-number.ts';
import { DatedEntry, datedEntry } from '../claim.type.ts';
import { MaskedText } from '../masked-text.type.ts';
import { DisabilityTypeWord } from '../words.ts';

/** One recognition of a disability, from the day of recognition on. */
@ObjectType('Disability', {
  simpleResolvers: true,
  description: '残疾认定：One recognition of a disability, from the day of recognition on.',
})
export class Disability extends DatedEntry {
  @Field(() => DisabilityTypeWord, { description: '残疾类别：The kind of disability.' })
  type: DisabilityType;

  @Field(() => Int, { description: '残疾等级：The level, 1 (gravest) to 4.' })
  level: number;

  @Field(() => MaskedText, {
    nullable: true,
    description:
      '残疾人证号（脱敏）：The number of the certificate, masked, since it begins with the citizen’s own; null where none is stated.',
  })
  certificateNumber: MaskedText | null;
}

/** Shows a claim of the list; the certificate's number whole only for those who may reveal it. */
export function disability(claim: ClaimOf<'disability'>, mayReveal: boolean): Disability {
  const { type, level, certificateNumber } = claim.attributes;
  return {
    ...datedEntry(claim),
    type,
    level,
    certificateNumber:
      certificateNumber === undefined ? null : seenNumber('DISABILITY_CERTIFICATE', certificateNumber, mayReveal),
  };
}
