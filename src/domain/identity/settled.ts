import type { PlainDate } from '../time/plain-date.ts';

/** A person settled that what is told of a subject under a name is told of another subject: one number, two people. */
export interface SubjectSplit {
  readonly subjectKey: string;
  /** As names are compared (`bareName`). */
  readonly name: string;
  /** The subject whose claims these are. */
  readonly toKey: string;
}

/** A person settled that of a subject this value counts, whatever the order of sources says. */
export type SettledValue = { readonly subjectKey: string; readonly since: Date } & (
  | { readonly attribute: 'name'; readonly value: string }
  | { readonly attribute: 'birthDate'; readonly value: PlainDate }
);

/** A person settled whether two subjects are one person. The machine never goes against it. */
export interface SubjectSettlement {
  /** The smaller key of the two. */
  readonly subjectKey: string;
  readonly otherKey: string;
  readonly same: boolean;
}
