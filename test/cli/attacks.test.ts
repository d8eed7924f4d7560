import { describe, expect, it } from 'vitest';
import { attackLines, readReport, type TestReport } from '../../src/cli/attacks/attack-lines.ts';

const report = (...tests: readonly (readonly [title: string, status: string])[]): TestReport => ({
  testResults: [
    { name: 'a.test.ts', status: 'passed', assertionResults: tests.map(([title, status]) => ({ title, status })) },
  ],
});
const linesOf = (tests: TestReport, reasons: unknown = {}) => attackLines(readReport(tests), reasons);

describe('the lines of the list of attacks', () => {
  it('are 112, each by the tests that bear its number', () => {
    const lines = linesOf(
      report(
        ['1. one way', 'passed'],
        ['1. another way', 'failed'],
        ['2. held', 'passed'],
        ['a helper', 'failed'],
        ['3. later', 'skipped'],
      ),
      { '3-111': 'not built', 2: 'stale' },
    );
    expect(lines).toHaveLength(112);
    expect(lines.slice(0, 3)).toEqual([
      { number: 1, state: 'BROKEN', why: '1. another way' },
      { number: 2, state: 'HELD', why: '' },
      { number: 3, state: 'NOT_TRIED', why: 'not built' },
    ]);
    expect(lines.at(-1)).toEqual({ number: 112, state: 'UNEXPLAINED', why: '' });
  });

  it('are not told where a file of tests could not be loaded, or a reason is none', () => {
    const unloaded = { testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] };
    expect(() => readReport(unloaded)).toThrow('b.test.ts');
    for (const reasons of [{ 'a-b': 'x' }, { 4: null }, { '4-': 'x' }]) {
      expect(() => linesOf(report(), reasons)).toThrow('not-tried.yaml');
    }
  });
});
