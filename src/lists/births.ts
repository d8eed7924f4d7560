import { birthDateOf, type IdentityDocument } from '../domain/intake/id-number.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { defineList } from './define-list.ts';

/**
 * 出生人员名单: who was born when. A newborn may first be named by the birth certificate alone; the row that brings the id
 * number beside the certificate's joins the two documents to one person.
 */
export const births = defineList({
  name: 'births',
  shape: 'EVENT',
  columns: [
    { name: 'bornOn', zh: '出生日期', holds: { kind: 'day' }, required: true },
    {
      name: 'certificateNumber',
      zh: '出生医学证明编号',
      holds: { kind: 'id-number', idType: 'BIRTH_CERTIFICATE' },
      required: false,
    },
    { name: 'guardianIdNumber', zh: '监护人证件号码', holds: { kind: 'id-number' }, required: false },
  ],
  neededToRemove: [],
  keyOf: () => '',
  attributes: ({ bornOn }) => ({ bornOn }),
  from: ({ bornOn }) => bornOn,
  to: ({ bornOn }) => bornOn,
  check: ({ bornOn, certificateNumber, guardianIdNumber }, { subject }) => {
    const born = subject ? birthDateOf(subject.idNumber) : undefined;
    const isGuardians =
      subject !== null && isNumberOf(guardianIdNumber, subject) && (born === undefined || born !== bornOn);
    const isOwn = !isGuardians && !isOfAnElder(born, bornOn);
    return [
      ...(isOwn ? [] : [findingOf('NUMBER_NOT_THEIR_OWN', 'idNumber')]),
      ...(isOwn && born !== undefined && bornOn !== undefined && born !== bornOn
        ? [findingOf('BIRTH_DATE_DIFFERS', 'bornOn')]
        : []),
      ...(namesAnotherCertificate(certificateNumber, subject)
        ? [findingOf('CERTIFICATE_DISAGREES', 'certificateNumber')]
        : []),
    ];
  },
  otherDocuments: ({ certificateNumber }, subject) =>
    certificateNumber === undefined || subject.idType === 'BIRTH_CERTIFICATE'
      ? []
      : [{ idType: 'BIRTH_CERTIFICATE', idNumber: certificateNumber }],
});

/** Is the cell the subject's document, or the disability certificate that begins with its number? */
const isNumberOf = (cell: string | undefined, { idNumber }: IdentityDocument): boolean =>
  cell !== undefined && cell.startsWith(idNumber);

/** Nobody younger has a child: the number of somebody born so many years before the newborn is a parent's or guardian's. */
const YEARS_BEFORE_A_CHILD = 12;

function isOfAnElder(born: PlainDate | undefined, bornOn: PlainDate | undefined): boolean {
  if (born === undefined || bornOn === undefined) return false;
  return `${Number(born.slice(0, 4)) + YEARS_BEFORE_A_CHILD}${born.slice(4)}` <= bornOn;
}

/** A child has one birth certificate: two numbers in one row cannot both be right, and must not join two children. */
const namesAnotherCertificate = (certificateNumber: string | undefined, subject: IdentityDocument | null): boolean =>
  certificateNumber !== undefined && subject?.idType === 'BIRTH_CERTIFICATE' && subject.idNumber !== certificateNumber;
