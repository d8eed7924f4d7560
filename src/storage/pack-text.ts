import { isNode, isScalar, parseDocument, type Document, type LineCounter } from 'yaml';
import type { PackProblem } from '../domain/policy/check-pack.ts';

/** A pack file that was not taken, with everything that is wrong with it in the clerk's terms. */
export class PackError extends Error {
  readonly code = 'PACK_INVALID';
  readonly problems: readonly PackProblem[];

  constructor(file: string, problems: readonly PackProblem[]) {
    super(
      [`政策包 ${file} 有 ${problems.length} 处错误 / ${problems.length} mistakes in this pack:`]
        .concat(problems.map(({ where, zh, en }) => `  ${where}: ${zh} / ${en}`))
        .join('\n'),
    );
    this.name = 'PackError';
    this.problems = problems;
  }
}

/** Pairs of keys that may be compared for doubles; a pack has some thousand, and a map of many keys squares them. */
const MOST_KEY_PAIRS = 50_000;
/** Brackets that may be open at once; a pack opens four. */
const MOST_BRACKETS = 50;

/**
 * Parses a pack's text. The parser's time grows with the square of some texts: what is nested or wide beyond any pack is not
 * read on ({@link PackError}). Mistakes of syntax are among the document's errors.
 */
export function parsePackText(file: string, text: string, lineCounter: LineCounter): Document {
  let pairs = 0;
  const uniqueKeys = (a: unknown, b: unknown): boolean => {
    if ((pairs += 1) > MOST_KEY_PAIRS) throw new RangeError('too many keys');
    return a === b || (isScalar(a) && isScalar(b) && a.value === b.value);
  };
  try {
    if (deepestBracket(text) > MOST_BRACKETS) throw new RangeError('too many brackets');
    return parseDocument(text, { lineCounter, uniqueKeys, prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PackError(file, [{ where: '文件', zh: 'YAML 格式错误', en: 'TOO_COMPLEX' }]);
  }
}

function deepestBracket(text: string): number {
  let [open, deepest] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

/** The values of a document. A pack names nothing by alias, since each could stand for a thousand others: {@link PackError}. */
export function packValues(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PackError(file, [
      { where: '文件', zh: '政策包不得使用 YAML 别名', en: 'a pack may not use YAML aliases' },
    ]);
  }
}

/** The line of what a path leads to, or of the nearest thing around it that is there. */
export function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return `第${lines.linePos(offset).line}行 `;
  }
  return '';
}
