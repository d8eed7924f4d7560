import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStories } from '../../../src/cli/stories/story-files.ts';

let folder: string;
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const caseOf = (id: string, changes = ''): string => `
  - id: ${id}
    rule: R-1
    title: 一例
    person: {name: 甲, idNumber: "11010519491231002X"}
    pushes: [{on: 2025-10-22, agency: tax, list: payments, rows: [{policyYear: 2026}]}]
    asks: [{on: "2025-12-01", policyYear: 2026, expect: {payable: 40}}]
${changes}`;

/** Two documents, one push and its withdrawal, and who is who afterwards. */
const stepsOf = (id: string): string => `
  - id: ${id}
    rule: R-1
    persons:
      a: {name: 甲, idNumber: "11010519491231002X"}
      b: {name: 乙, idNumber: "X123456789", idType: BIRTH_CERTIFICATE}
    steps:
      - {on: 2025-10-22, agency: health, list: births, key: first, rows: [{of: a, certificateNumber: {of: b}}]}
      - {on: 2025-10-23, withdraw: first, because: 证号填串}
      - {on: 2025-10-24, settle: {kind: DOCUMENTS_IN_CONFLICT, of: [a, b]}, settlement: {samePerson: [a, b]}, by: {operator: one}, because: 存根, confirmedBy: {operator: two}}
      - {on: 2025-10-25, undo: {kind: DOCUMENTS_IN_CONFLICT}, by: {agency: public-security, operator: three}, because: 系两人, leaves: PROPOSED}
    asks:
      - {on: "2025-12-01", of: a, knownAt: "2025-10-22", expect: {samePersonAs: b}}
      - {on: "2025-12-01", of: b, policyYear: 2026, expect: {payable: 40, notSamePersonAs: [a]}}
      - {on: "2025-12-01", policyYear: 2026, expect: {household: {number: H-1, members: [a]}, changes: [{of: a, after: null}]}}
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yidang-stories-'));
  mkdirSync(join(folder, 'inside'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('findStories', () => {
  it('reads every story of a folder and of folders inside it, and passes over what is no story file', () => {
    write('b.yaml', `pack: two\ncases:${caseOf('B1')}`);
    write('inside/a.yml', `pack: one\ncases:${caseOf('A1')}${caseOf('A2')}`);
    const pack = write('inside/pack.yaml', 'id: one\n');
    write('FORMAT.md', 'pack: three');

    const found = findStories([folder]);
    expect(found.stories.map(({ id, pack: of }) => [of, id])).toEqual([
      ['two', 'B1'],
      ['one', 'A1'],
      ['one', 'A2'],
    ]);
    expect(found.stories[0]?.asks[0]?.expect).toEqual({ payable: 40 });
    expect(found.passedOver).toEqual([pack]);
    expect(found.problems).toEqual([]);
  });

  it('reads a story of several documents and of what was taken back', () => {
    const { stories, problems } = findStories([write('steps.yaml', `pack: one\ncases:${stepsOf('A1')}`)]);
    expect(problems).toEqual([]);
    const [story] = stories;
    expect(story?.persons.get('b')?.idType).toBe('BIRTH_CERTIFICATE');
    expect(story?.steps.map(({ does, on }) => [does, on])).toEqual([
      ['push', '2025-10-22'],
      ['withdraw', '2025-10-23'],
      ['settle', '2025-10-24'],
      ['undo', '2025-10-25'],
    ]);
    expect(story?.steps[2]).toMatchObject({ by: { agency: 'medical-insurance', operator: 'one' } });
    expect(story?.asks.slice(0, 2).map(({ of, expect: wanted }) => [of, wanted])).toEqual([
      ['a', { samePersonAs: ['b'] }],
      ['b', { payable: 40, notSamePersonAs: ['a'] }],
    ]);
  });

  it.each([
    ['nobody’s name in a row', 'rows: [{of: a', 'rows: [{of: c', /^steps\[0\]\.rows: .*c$/],
    ['nobody’s number in a cell', '{of: b}}]', '{of: d}}]', /^steps\[0\]\.rows: .*d$/],
    ['nobody to be the same as', 'samePersonAs: b', 'samePersonAs: c', /^asks\[0\]: .*c$/],
    ['a question about nobody in particular', 'of: b, policyYear', 'policyYear', /^asks\[1\]\.of: /],
    ['a decision of no year', 'policyYear: 2026, ', '', /^asks\[1\]\.policyYear: /],
    ['a step before the one before', 'on: 2025-10-23', 'on: 2025-10-21', /^steps\[1\]\.on: /],
    ['nothing to take back', 'withdraw: first', 'withdraw: second', /^steps\[1\]: .*second$/],
    ['nobody in a task', 'of: [a, b]}, settlement', 'of: [c]}, settlement', /^steps\[2\]: .*c$/],
    ['nobody in a settlement', 'samePerson: [a, b]', 'samePerson: [a, c]', /^steps\[2\]: .*c$/],
    ['a settlement that is none', 'samePerson: [a, b]', 'same: [a, b]', /^steps\[2\]\.settlement: /],
    [
      'a matter that is none',
      'undo: {kind: DOCUMENTS_IN_CONFLICT}',
      'undo: {kind: DOUBT}',
      /^steps\[3\]\.undo\.kind: /,
    ],
    ['nobody in a household', 'members: [a]', 'members: [c]', /^asks\[2\]: .*c$/],
    ['nobody’s change', '{of: a, after', '{of: c, after', /^asks\[2\]: .*c$/],
    ['a step of no kind', 'withdraw:', 'withdrawn:', /^steps\[1\]/],
    ['a key that the kind of step has not', 'because', 'reason', /^steps\[1\]/],
    ['both ways to name steps', 'steps:', 'pushes: []\n    steps:', /^pushes: /],
    ['a day or instant that is none', 'knownAt: "2025-10-22"', 'knownAt: "today"', /^asks\[0\]\.knownAt: /],
  ])('tells of %s', (_why, text, instead, what) => {
    const file = write('steps.yaml', `pack: one\ncases:${stepsOf('X').replace(text, instead)}`);
    const { problems } = findStories([file]);
    expect(problems[0]).toEqual({ file, case: 'X', what: expect.stringMatching(what) });
  });

  it.each([
    ['a day that is none', caseOf('X').replace('2025-10-22', '2025-02-30'), 'X', /^pushes\[0\]\.on: .*YYYY-MM-DD/],
    ['an unknown list', caseOf('X').replace('payments', 'payment'), 'X', /^pushes\[0\]\.list: /],
    ['an unknown agency', caseOf('X').replace('tax', 'taxes'), 'X', /^pushes\[0\]\.agency: /],
    ['a misspelt expectation', caseOf('X').replace('payable', 'payabel'), 'X', /^asks\[0\]\.expect: .*payabel/],
    ['a missing key', caseOf('X').replace('asks', 'ask'), 'X', /^asks: /],
    ['a number for an id number', caseOf('X').replace('"11010519491231002X"', '110105'), 'X', /^person\.idNumber: /],
    ['a case without an id', caseOf('X').replace('id: X', 'no: X'), 'case 1', /^id: /],
    ['a case that is none', '\n  - just text\n', 'case 1', /^the whole of it: /],
  ])('names file, case and key of %s, and reads the others', (_why, text, name, what) => {
    const file = write('wrong.yaml', `pack: one\ncases:${text}${caseOf('GOOD')}`);
    const { stories, problems } = findStories([file]);
    expect(stories.map(({ id }) => id)).toEqual(['GOOD']);
    expect(problems).toEqual([{ file, case: name, what: expect.stringMatching(what) }]);
  });

  it.each([
    ['no pack', `cases:${caseOf('X')}`, /^pack: /],
    ['no cases', 'pack: one\nstories: []', /^cases: /],
    ['broken YAML', 'pack: one\ncases: [', /./],
  ])('tells of a file with %s', (_why, text, what) => {
    const file = write('wrong.yaml', text);
    expect(findStories([file])).toMatchObject({
      stories: [],
      problems: [{ file, case: null, what: expect.stringMatching(what) }],
    });
  });

  it('refuses a path that is not there', () => {
    expect(() => findStories([join(folder, 'absent')])).toThrow('absent');
  });
});
