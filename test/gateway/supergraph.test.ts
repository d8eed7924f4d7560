import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPublishedOperations } from '../../src/gateway/published-operations.ts';
import { composeSupergraph } from '../../src/gateway/supergraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

describe('composing', () => {
  it('stops with the composer’s own text where subgraphs do not fit together', () => {
    const parts = [
      { name: 'a', sdl: `${LINK} type Query { thing: Int }` },
      { name: 'b', sdl: `${LINK} type Query { thing: String }` },
    ];
    expect(() => composeSupergraph(parts)).toThrow(/do not compose[\s\S]*Query\.thing/);
  });
});

describe('publishing', () => {
  const schema = buildSchema('type Query { lists: [String!]! }');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'yidang-operations-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a field that is none', '# 名单\nquery Lists { list }\n', /a\.graphql: .*"list"/],
    ['no word on what it is for', 'query Lists { lists }\n', /a\.graphql: a comment/],
    ['two operations', '# 名单\nquery A { lists }\nquery B { lists }\n', /a\.graphql: one named operation/],
    ['no name', '# 名单\n{ lists }\n', /a\.graphql: one named operation/],
  ])('stops at %s, naming the file', (_why, text, message) => {
    writeFileSync(join(folder, 'a.graphql'), text);
    expect(() => loadPublishedOperations(folder, schema)).toThrow(message);
  });
});
