import type { IdType } from '../intake/words.ts';

/** A document that names a person, normalised: equal numbers are equal text. */
export interface IdentityDocument {
  readonly idType: IdType;
  readonly idNumber: string;
}

/** A person as one document names them. */
export interface Subject extends IdentityDocument {
  /** Keyed hash of type and number, written as a UUID; the same in every jurisdiction. */
  readonly key: string;
}
