/**
 * Columns that name a subject or a person, by table: rows that name somebody erased are deleted. A migration that adds a table with one adds
 * it here (a test holds this against the schema).
 */
export const PERSON_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  claim: ['subject_key'],
  claim_same_as: ['subject_key', 'other_key'],
  comparison_person: ['person_id'],
  correction_request: ['subject_key'],
  decision: ['person_id'],
  decision_change: ['person_id'],
  identifier: ['subject_key'],
  person_card: ['person_id'],
  person_key: ['person_id'],
  review_task_subject: ['subject_key'],
  settled_value: ['subject_key'],
  subject_link: ['subject_key', 'person_id'],
  subject_name: ['subject_key'],
  subject_settlement: ['subject_key', 'other_key'],
  subject_split: ['subject_key', 'to_key'],
  to_decide: ['person_id'],
};

/** Columns that name people within what is not theirs alone, by table: each has a way of its own (`erase-person.ts`). */
export const NAMED_WITHIN: Readonly<Record<string, readonly string[]>> = {
  emergency: ['opened'],
  review_task: ['subjects'],
};
