import { readIdNumber, type IdentityDocument } from '../domain/intake/id-number.ts';
import type { Column, RowFinding } from '../domain/intake/list-definition.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import { ID_TYPES, type IdType } from '../domain/intake/words.ts';

/** 其他证件: a second document by which the owner of a list knows the same person, such as the one that they had before. */
export const OTHER_ID_COLUMNS = [
  { name: 'otherIdType', zh: '其他证件类型', holds: { kind: 'word', words: ID_TYPES }, required: false },
  {
    name: 'otherIdNumber',
    zh: '其他证件号码',
    holds: { kind: 'id-number', typedBy: 'otherIdType' },
    required: false,
  },
] as const satisfies readonly Column[];

/** The cells of {@link OTHER_ID_COLUMNS}. */
interface OtherId {
  readonly otherIdType?: IdType | undefined;
  readonly otherIdNumber?: string | undefined;
}

/** The second document that a row names, if it is another one than its subject's. */
export function otherIdOf(cells: OtherId, subject: IdentityDocument): readonly IdentityDocument[] {
  const document = documentIn(cells);
  return document && !isSame(document, subject) ? [document] : [];
}

/** Flags a row that names its own document once more: it may have meant another. */
export function checkOtherId(cells: OtherId, subject: IdentityDocument | null): readonly RowFinding[] {
  const document = documentIn(cells);
  const same = document !== undefined && subject !== null && isSame(document, subject);
  return same ? [findingOf('OTHER_ID_IS_THE_SAME', 'otherIdNumber')] : [];
}

function documentIn({ otherIdType, otherIdNumber }: OtherId): IdentityDocument | undefined {
  if (otherIdNumber === undefined) return undefined;
  const reading = readIdNumber(otherIdNumber, otherIdType ?? null);
  return reading.ok ? reading.document : undefined;
}

const isSame = (a: IdentityDocument, b: IdentityDocument): boolean =>
  a.idType === b.idType && a.idNumber === b.idNumber;
