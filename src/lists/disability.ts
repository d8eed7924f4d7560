import type { RowSurroundings } from '../domain/intake/check-row.ts';
import { readIdNumber, type DisabilityCertificate } from '../domain/intake/id-number.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import { DISABILITY_TYPES, disabilityCategory, type DisabilityType } from '../domain/intake/words.ts';
import { daysInOrder } from './day-order.ts';
import { defineList } from './define-list.ts';

/** 残疾人名单: kind and level of disability as certified, from when to when. */
export const disability = defineList({
  name: 'disability',
  shape: 'PERIOD',
  columns: [
    { name: 'type', zh: '残疾类别', holds: { kind: 'word', words: DISABILITY_TYPES }, required: true },
    { name: 'level', zh: '残疾等级', holds: { kind: 'whole-number', min: 1, max: 4 }, required: true },
    {
      name: 'certificateNumber',
      zh: '残疾人证号',
      holds: { kind: 'id-number', idType: 'DISABILITY_CERTIFICATE' },
      required: false,
    },
    { name: 'from', zh: '认定日期', holds: { kind: 'day', future: 'allowed' }, required: true },
    { name: 'to', zh: '终止日期', holds: { kind: 'day', future: 'allowed' }, required: false },
  ],
  neededToRemove: [],
  keyOf: ({ type, from }) => `${type}|${from}`,
  means: ({ type }, claim) => type === undefined || claim.attributes.type === type,
  attributes: ({ type, level, certificateNumber }) => ({ type, level, certificateNumber }),
  from: ({ from }) => from,
  to: ({ to }) => to ?? null,
  check: (cells, row) => [
    ...(agrees(row.certificate, cells, row) ? [] : [findingOf('CERTIFICATE_DISAGREES', 'idNumber')]),
    ...(agrees(certificateIn(cells.certificateNumber), cells, row)
      ? []
      : [findingOf('CERTIFICATE_DISAGREES', 'certificateNumber')]),
    ...daysInOrder(cells.from, cells.to, 'to'),
  ],
  categoryOf: ({ level }) => (level === undefined ? null : disabilityCategory(level)),
});

function certificateIn(number: string | undefined): (DisabilityCertificate & { readonly holder: string }) | null {
  const reading = readIdNumber(number, 'DISABILITY_CERTIFICATE');
  return reading.ok && reading.certificate ? { ...reading.certificate, holder: reading.document.idNumber } : null;
}

/** A certificate's number names its holder, the kind and the level: all three must be the row's (national.md §10). */
function agrees(
  certificate: (DisabilityCertificate & { readonly holder?: string }) | null,
  { type, level }: { readonly type?: DisabilityType; readonly level?: number },
  { subject }: RowSurroundings,
): boolean {
  if (!certificate) return true;
  return (
    (type === undefined || certificate.type === type) &&
    (level === undefined || certificate.level === level) &&
    (certificate.holder === undefined || !subject || certificate.holder === subject.idNumber)
  );
}
