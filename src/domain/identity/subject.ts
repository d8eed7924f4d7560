import { birthDateOf, sexOf, type IdentityDocument } from '../intake/id-number.ts';
import type { IdType } from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';

export type { IdentityDocument };

/** A person as one document names them. */
export interface Subject extends IdentityDocument {
  /** Keyed hash of type and number, written as a UUID; the same in every jurisdiction. */
  readonly key: string;
}

/** A person as one document names them whose number was not read: only what it says of birth and sex, `null` where it says nothing. */
export interface UnreadSubject {
  readonly key: string;
  readonly idType: IdType;
  readonly birthDate: PlainDate | null;
  readonly sex: 'MALE' | 'FEMALE' | null;
}

/** A subject as far as deciding goes, which needs no number. */
export type DecidedSubject = Subject | UnreadSubject;

/** The day of birth that the subject's number says; `undefined` where it says none. */
export const birthDateSaid = (subject: DecidedSubject): PlainDate | undefined =>
  'birthDate' in subject ? (subject.birthDate ?? undefined) : birthDateOf(subject.idNumber);

/** The sex that the subject's number says; `undefined` where it says none. */
export const sexSaid = (subject: DecidedSubject): 'MALE' | 'FEMALE' | undefined =>
  'birthDate' in subject ? (subject.sex ?? undefined) : sexOf(subject.idNumber);
