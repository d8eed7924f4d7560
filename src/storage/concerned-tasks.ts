/** From so many subjects on, comparing an array of them with the subjects of each task costs more than all that is won by an index. */
const MANY = 100;

/**
 * SQL that tells whether a task `t` is about any of some subjects. Few are looked up along the index on subjects; of many, which an
 * overlap of arrays would run through for each task, the server makes a hash table.
 *
 * @param parameter where the ids of the subjects are, as an array
 */
export const isAbout = (subjects: readonly string[], parameter: string): string =>
  subjects.length < MANY
    ? `t.subjects && ${parameter}::uuid[]`
    : `exists (select from unnest(t.subjects) as about(key) where about.key = any(${parameter}::uuid[]))`;
