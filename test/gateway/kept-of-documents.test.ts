import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { RequestRefused } from '../../src/gateway/error-answer.ts';
import { hubGraph } from '../../src/gateway/hub-graph.ts';
import { documentPreparer, type DocumentPreparer } from '../../src/gateway/prepare-document.ts';

setFlagsFromString('--expose_gc');
// As the hub is started: what it reads first it keeps for good, from which V8 would learn to make all documents as if they were to grow old.
setFlagsFromString('--no-allocation-site-pretenuring');
const collect = runInNewContext('gc') as (what?: { type: 'minor' }) => void;

const BATCHES = 9;
const DOCUMENTS = 40;
const KILOBYTE = 1024;

let documents: DocumentPreparer;
beforeAll(async () => {
  const { joined: schema, published, costOf } = await hubGraph();
  documents = documentPreparer({ schema, published, costOf });
});

/** Kilobytes that a document leaves behind where the young generation alone is collected: the median of batches. */
function keptOf(query: (index: number) => string): number {
  let index = 0;
  const kept = Array.from({ length: BATCHES }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < DOCUMENTS; i += 1) read(query(index++));
    // What has outlived one collection dies with the second, unless something that is old holds it.
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    return (process.memoryUsage().heapUsed - before) / DOCUMENTS / KILOBYTE;
  });
  return kept.toSorted((a, b) => a - b)[Math.floor(BATCHES / 2)]!;
}

function read(query: string): void {
  try {
    documents.prepare({ query, documentId: undefined, sha256: undefined, operationName: undefined }, true);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
  }
}

it('of a text that was read twice before it was remembered one tree is kept', async () => {
  const query = 'query A { lists { name } } query B { lists { zh } }';
  const prepare = (operationName: string) =>
    documents.prepare({ query, documentId: undefined, sha256: undefined, operationName }, true);
  const twice = (): WeakRef<object> => {
    const [first, second] = [prepare('A'), prepare('B')];
    documents.remember(first);
    documents.remember(second);
    return new WeakRef(second.document);
  };
  const second = twice();
  // What is referred to weakly lives as long as the turn in which it was.
  await new Promise((resume) => setImmediate(resume));
  collect();
  expect(second.deref()).toBeUndefined();
});

describe('a document that nobody remembers leaves nothing that only a collection of everything clears', () => {
  const cases: Readonly<Record<string, (index: number) => string>> = {
    'where it could be executed': (index) => `{ lists { ${'name '.repeat(20)} } } # ${index}`,
    'where it does not fit the graph': (index) => `{ lists { ${'nothing '.repeat(20)} } } # ${index}`,
  };
  for (const [title, query] of Object.entries(cases)) {
    it(title, () => {
      keptOf(query);
      collect();
      expect(keptOf(query)).toBeLessThan(4);
    });
  }
});
