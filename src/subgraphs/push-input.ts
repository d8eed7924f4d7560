import { Field, ID, InputType } from 'type-graphql';
import type { ListMode } from '../domain/intake/list-definition.ts';
import type { IdType, RowChange } from '../domain/intake/words.ts';
import { RowIdNumber } from './scalars.ts';
import { ListModeWord } from './states.ts';
import { IdTypeWord, RowChangeWord } from './words.ts';

/** What every push says besides its rows. */
@InputType()
export class PushInput {
  @Field(() => String, {
    description:
      '幂等键：A key of the sender’s own, 1 to 200 characters. The same key with the same content answers the same receipt; with other content IDEMPOTENCY_CONFLICT.',
  })
  idempotencyKey: string;

  @Field(() => ListModeWord, {
    defaultValue: 'DELTA',
    description: '报送方式：Whether the rows add to the list or are the whole of it.',
  })
  mode: ListMode;

  @Field(() => String, {
    nullable: true,
    description:
      '名单所属期：The list period as the owner names it (`2025-11`); a snapshot replaces what was said for the same period.',
  })
  period?: string | null;

  @Field(() => String, { nullable: true, description: '文号：The owner’s document number, kept as given.' })
  documentNumber?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      '统筹区：The jurisdiction meant, by its region code. If given it must be the token’s own, else FORBIDDEN.',
  })
  jurisdiction?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: '试报：Judge the rows and keep nothing.',
  })
  dryRun: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      '部门签名：The agency’s signature, a detached JWS (RFC 7515 appendix F, `typ` `yidang-submission+jws`) whose payload is the digest of the content: SHA-256, lower-case hex, of the RFC 8785 JSON of `documentNumber`, `list`, `mode`, `period` and `rows`. SIGNATURE_INVALID where it does not fit, SIGNATURE_REQUIRED where the agency must sign and has not.',
  })
  signature?: string | null;
}

/**
 * The columns that every list has. A cell may be missing here although its column is required: that rejects its row
 * (VALUE_MISSING), and the other rows count.
 */
@InputType()
export class PersonRow {
  @Field(() => String, { nullable: true, description: '姓名（必填）：The name exactly as on the document. Required.' })
  name?: string | null;

  @Field(() => RowIdNumber, {
    nullable: true,
    description:
      '证件号码（必填）：The id number as text; full-width digits, spaces and a small x are normalised. Required.',
  })
  idNumber?: unknown;

  @Field(() => IdTypeWord, {
    nullable: true,
    description: '证件类型：The kind of document; by default told from the number.',
  })
  idType?: IdType | null;

  @Field(() => String, {
    nullable: true,
    description: '行政区划代码：The place the list counts the person to, 6 to 12 digits.',
  })
  regionCode?: string | null;

  @Field(() => RowChangeWord, {
    nullable: true,
    description: '变更类型：What the row does to the list; ADD by default.',
  })
  change?: RowChange | null;
}

/** What lists have besides by which an owner knows a person by two documents. */
@InputType()
export class TwiceNamedRow extends PersonRow {
  @Field(() => IdTypeWord, {
    nullable: true,
    description: '其他证件类型：The kind of the other document; a passport is told by it alone.',
  })
  otherIdType?: IdType | null;

  @Field(() => RowIdNumber, {
    nullable: true,
    description:
      '其他证件号码：The number, as text, of another document of the same person, such as the one before: both are then one person’s for as long as the row stands.',
  })
  otherIdNumber?: unknown;
}
