/**
 * What the hub cannot settle about who is who, with its Chinese name and what it means. Each becomes a task for review; none is
 * ever settled by the machine.
 */
export const MATTER_KINDS = {
  SAME_NUMBER_OTHER_NAME: [
    '同一号码、姓名不同',
    'standing claims give one number several names that have something in common',
  ],
  TWO_PEOPLE_ON_ONE_NUMBER: ['一号两人', 'standing claims give one number names that share no character'],
  SAME_NAME_OTHER_NUMBER: ['同名同生日、号码不同', 'persons with other numbers share name and day of birth'],
  DOCUMENTS_IN_CONFLICT: ['证件互相矛盾', 'rows name one document together with several that cannot be one person’s'],
  NUMBER_NOT_THEIR_OWN: [
    '借用或占位号码',
    'a number that is a placeholder, or a guardian’s on a newborn: the row is held apart from it',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** The kind of a matter of identity. */
export type MatterKind = keyof typeof MATTER_KINDS;

/**
 * A matter of identity as the standing claims show it: a pure function of what stands, so that the order in which lists arrive
 * makes no difference. Two matters with equal `kind` and `about` are the same matter.
 */
export interface IdentityMatter {
  readonly kind: MatterKind;
  /** What it is about, as text that never leaves the store: a subject key, or bare name and birthday. */
  readonly about: string;
  /** Every subject concerned, in order of key. */
  readonly subjects: readonly string[];
}
