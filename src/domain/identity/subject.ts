import type { IdentityDocument } from '../intake/id-number.ts';

export type { IdentityDocument };

/** A person as one document names them. */
export interface Subject extends IdentityDocument {
  /** Keyed hash of type and number, written as a UUID; the same in every jurisdiction. */
  readonly key: string;
}
