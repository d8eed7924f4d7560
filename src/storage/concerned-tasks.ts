/**
 * SQL that tells whether a task `t` of jurisdiction `$1` is about any of some subjects.
 *
 * @param parameter where the ids of the subjects are, as an array
 */
export const isAbout = (parameter: string): string =>
  `t.id in (select s.task from review_task_subject s where s.subject_key = any(${parameter}::uuid[]) and s.jurisdiction = $1)`;
