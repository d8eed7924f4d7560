/** Lines of the security programme's list of attacks. */
const LINES = 112;

/** One line of the list, and how it went. */
export interface AttackLine {
  readonly number: number;
  readonly state: 'HELD' | 'BROKEN' | 'NOT_TRIED' | 'UNEXPLAINED';
  /** The tests that failed, or the reason why it was not tried; empty where it held. */
  readonly why: string;
}

/** What vitest reports, as far as it is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** One test of an attack; its title begins with the number of the line that it tries. */
export interface AttackTest {
  readonly number: number;
  readonly title: string;
  readonly status: string;
}

/** Reads the tests of a report; throws where a file of tests could not be loaded, since nobody knows which lines it would have tried. */
export function readReport({ testResults }: TestReport): readonly AttackTest[] {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  if (unloaded.length > 0) throw new Error(`could not be loaded: ${unloaded.map(({ name }) => name).join(', ')}`);
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ title, status }) => {
      const number = /^(\d{1,3})\. /.exec(title)?.[1];
      return number === undefined ? [] : [{ number: Number(number), title, status }];
    });
}

/**
 * All lines in order. A line is held when a test of it passed and none failed; one that no test tried needs a reason, by its number or
 * by a range (`24-38: …`). A skipped test tries nothing.
 */
export function attackLines(tests: readonly AttackTest[], reasons: unknown): readonly AttackLine[] {
  const given = reasonsByLine(reasons);
  return Array.from({ length: LINES }, (_, index): AttackLine => {
    const number = index + 1;
    const tried = tests.filter((test) => test.number === number && ['passed', 'failed'].includes(test.status));
    const broken = tried.filter(({ status }) => status === 'failed');
    if (broken.length > 0) return { number, state: 'BROKEN', why: broken.map(({ title }) => title).join('; ') };
    if (tried.length > 0) return { number, state: 'HELD', why: '' };
    const why = given.get(number);
    return why === undefined ? { number, state: 'UNEXPLAINED', why: '' } : { number, state: 'NOT_TRIED', why };
  });
}

function reasonsByLine(reasons: unknown): ReadonlyMap<number, string> {
  const byLine = new Map<number, string>();
  for (const [lines, why] of Object.entries((reasons ?? {}) as Readonly<Record<string, unknown>>)) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(lines) ?? [];
    if (first === undefined || typeof why !== 'string')
      throw new Error(`not-tried.yaml: ${lines} is no line with a reason`);
    for (let line = Number(first); line <= Number(last); line++) byLine.set(line, why);
  }
  return byLine;
}
