import { beforeAll, describe, expect, it } from 'vitest';
import { hubGraph } from '../../src/gateway/hub-graph.ts';
import { documentPreparer, type DocumentPreparer, type PreparedDocument } from '../../src/gateway/prepare-document.ts';

let documents: DocumentPreparer;
beforeAll(async () => {
  const { joined: schema, published, costOf } = await hubGraph();
  documents = documentPreparer({ schema, published, costOf });
});

const prepare = (query: string, operationName?: string): PreparedDocument =>
  documents.prepare({ query, documentId: undefined, sha256: undefined, operationName }, true);
/** Some 2,000 characters, no two alike. */
const long = (index: number): string => `{ lists { name } } # ${index} ${'x'.repeat(2_000)}`;

describe('a document that a client sends', () => {
  it('is read once where it was remembered, and each time where it was not', () => {
    const asked = '{ lists { name } } # remembered';
    const [first, again] = [prepare(asked), prepare(asked)];
    expect(again.document).not.toBe(first.document);
    documents.remember(again);
    expect(prepare(asked)).toBe(again);
  });

  it('is remembered once with each of its operations that was asked for', () => {
    const both = 'query A { lists { name } } query B { lists { zh } }';
    const [a, apart] = [prepare(both, 'A'), prepare(both, 'B')];
    documents.remember(a);
    documents.remember(apart);
    const b = prepare(both, 'B');
    expect(b.document).toBe(a.document);
    documents.remember(b);
    expect(prepare(both, 'A')).toBe(a);
    expect(prepare(both, 'B')).toBe(b);
  });

  it('is forgotten once those after it have a hundred thousand characters, the first of them first', () => {
    const prepared = Array.from({ length: 60 }, (_, index) => prepare(long(index)));
    for (const one of prepared) documents.remember(one);
    const kept = prepared.filter((one, index) => prepare(long(index)) === one);
    expect(kept).toEqual(prepared.slice(-kept.length));
    expect(kept.length).toBeGreaterThan(45);
    expect(kept.length).toBeLessThan(50);
  });
});
