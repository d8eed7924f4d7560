import { describe, expect, it } from 'vitest';
import { namesakeMatters } from '../../../src/domain/person/namesake-matters.ts';

const group = (...persons: readonly string[]) => ({ bareName: '王芳', birthDate: '1980-05-15', persons });
const apart = (pairs: readonly string[]) =>
  pairs.map((pair) => ({ subjectKey: pair[0]!, otherKey: pair[1]!, same: false }));
const MATTER = { kind: 'SAME_NAME_OTHER_NUMBER', about: '王芳|1980-05-15' };

const cases: ReadonlyArray<
  [why: string, persons: readonly string[], apart: readonly string[], subjects: string[] | null]
> = [
  ['two of whom nothing was settled', ['b', 'a'], [], ['a', 'b']],
  ['two who were settled to be different', ['b', 'a'], ['ab'], null],
  ['three of whom two were settled to be different', ['c', 'a', 'b'], ['ab'], ['a', 'b', 'c']],
  ['three who were all settled to be different', ['c', 'a', 'b'], ['ab', 'ac', 'bc'], null],
  ['what was settled of others', ['a', 'b'], ['ac', 'cd'], ['a', 'b']],
];

describe('namesakes', () => {
  it.each(cases)('%s', (_why, persons, pairs, subjects) => {
    expect(namesakeMatters([group(...persons)], apart(pairs))).toEqual(subjects ? [{ ...MATTER, subjects }] : []);
  });

  it('are settled by way of any document of theirs', () => {
    const personOf = (subject: string): string => ({ x: 'a', y: 'b' })[subject] ?? subject;
    expect(namesakeMatters([group('a', 'b')], apart(['xy']), personOf)).toEqual([]);
    expect(namesakeMatters([group('a', 'b')], apart(['ax']), personOf)).toHaveLength(1);
  });

  it('who were settled to be the same are not thereby different', () => {
    const same = [{ subjectKey: 'a', otherKey: 'b', same: true }];
    expect(namesakeMatters([group('a', 'b')], same)).toHaveLength(1);
  });

  it('come in one order', () => {
    const other = { bareName: '李强', birthDate: '1980-05-15', persons: ['c', 'd'] };
    expect(namesakeMatters([group('a', 'b'), other], [])).toEqual(namesakeMatters([other, group('b', 'a')], []));
  });
});
