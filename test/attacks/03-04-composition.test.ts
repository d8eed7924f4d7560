import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  fieldOwners,
  readOwners,
  unreviewedOwners,
  writeOwners,
  type FieldOwners,
} from '../../src/gateway/field-owners.ts';
import { composeSupergraph } from '../../src/gateway/supergraph.ts';
import { hubSubgraphs } from '../../src/subgraphs/all.ts';
import type { Subgraph } from '../../src/subgraphs/federated-schema.ts';

// Section 3.4 of the security programme, lines 67 and 68: what stops the graph from being composed, at the start and in CI.

type Parts = Pick<Subgraph, 'name' | 'sdl'>[];

const IMPORTS = [
  '@key',
  '@shareable',
  '@authenticated',
  '@requiresScopes',
  '@requires',
  '@external',
  '@interfaceObject',
  '@override',
];
const link = (imports: string = JSON.stringify(IMPORTS)): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${imports})\n`;
const part = (name: string, sdl: string, imports?: string): Parts[number] => ({ name, sdl: link(imports) + sdl });
const READS = '@requiresScopes(scopes: [["person:read"]])';

let subgraphs: readonly Subgraph[];
beforeAll(async () => {
  subgraphs = await hubSubgraphs();
});

describe('rules of access in the graph', () => {
  it('67. an interface and its types that ask for different things are not composed', () => {
    const asked = (above: string, below: string): Parts => [
      part(
        'a',
        `type Query { one: Named } interface Named { name: String ${above} } type Person implements Named { name: String ${below} }`,
      ),
    ];
    expect(() => composeSupergraph(asked(READS, ''))).toThrow('a: Named.name and Person.name must ask for the same');
    expect(() => composeSupergraph(asked('', READS))).toThrow('a: Named.name and Person.name must ask for the same');
    expect(() => composeSupergraph(asked('@authenticated', READS))).toThrow('must ask for the same');
    // The composer itself takes no rule on an interface: so a field that asks for something is in none.
    expect(() => composeSupergraph(asked(READS, READS))).toThrow('cannot be applied on interfaces');
    expect(() => composeSupergraph(asked('', ''))).not.toThrow();
    const whole =
      'type Query { one: Named } interface Named @authenticated { name: String } type Person implements Named { name: String }';
    expect(() => composeSupergraph([part('a', whole)])).toThrow('must ask for the same');
  });

  it('67. nothing reaches a guarded field by way of another subgraph', () => {
    const owner = part(
      'a',
      `type Query { one: Person } type Person @key(fields: "id") { id: ID! number: String ${READS} }`,
    );
    const chain =
      'type Person @key(fields: "id") { id: ID! number: String @external mask: String @requires(fields: "number") }';
    expect(() => composeSupergraph([owner, part('b', chain)])).toThrow('b: @requires leads past the rules of fields');
    const taking = 'type Person @key(fields: "id") { id: ID! number: String @override(from: "a") }';
    expect(() => composeSupergraph([owner, part('b', taking)])).toThrow('b: @override leads past');
    const posing = 'type Person @key(fields: "id") @interfaceObject { id: ID! more: String }';
    expect(() => composeSupergraph([owner, part('b', posing)])).toThrow('b: @interfaceObject leads past');
  });

  it('67. directives under other names, or of one’s own, guard nothing and are not composed', () => {
    const field = 'type Query { number: String @scopes(scopes: [["person:read"]]) }';
    const renamed = '[{ name: "@requiresScopes", as: "@scopes" }]';
    expect(() => composeSupergraph([part('a', field, renamed)])).toThrow(
      'a: the directives of the specification keep their names',
    );
    const spaced = part(
      'a',
      'type Query { number: String @federation__requiresScopes(scopes: [["person:read"]]) }',
      '["@key"]',
    );
    expect(() => composeSupergraph([spaced])).toThrow('@federation__requiresScopes is imported by its own name');
    const own = part(
      'a',
      'directive @authenticated on FIELD_DEFINITION type Query { number: String @authenticated }',
      '["@key"]',
    );
    expect(() => composeSupergraph([own])).toThrow('keep their names');
    const elsewhere = part('a', `type Query { number: String ${READS} }`).sdl.replace('import:', 'as: "f", import:');
    expect(() => composeSupergraph([{ name: 'a', sdl: elsewhere }])).toThrow('keep their names');
  });

  it('67. every path to a field of the hub asks for the same, by interface, type or reference', () => {
    // Were there a fault, nothing would start; here it is seen that the check looks at what is composed.
    expect(() => composeSupergraph(subgraphs)).not.toThrow();
    const [vital, ...others] = [...subgraphs].sort(({ name }) => (name === 'vital' ? -1 : 1));
    const without = vital!.sdl.replace(/ @requiresScopes\(scopes: \[\["submission:read"\]\]\)/, '');
    const loosened = [{ name: vital!.name, sdl: without }, ...others];
    if (without !== vital!.sdl) expect(() => composeSupergraph(loosened)).toThrow('must ask for the same');
  });
});

describe('owners of fields', () => {
  let reviewed: FieldOwners;
  beforeAll(async () => {
    reviewed = readOwners(await readFile('schema/owners.yaml', 'utf8'));
  });
  const withMore = (name: string, sdl: string): Parts =>
    subgraphs.map((one) => ({ name: one.name, sdl: one.name === name ? `${one.sdl}\n${sdl}` : one.sdl }));

  it('68. a field that another subgraph would answer for too is stopped until somebody writes that down', () => {
    expect(unreviewedOwners(fieldOwners(subgraphs), reviewed)).toEqual([]);
    const twin = withMore('tax', 'extend type Person { hardshipListings: [String] @shareable }');
    expect(unreviewedOwners(fieldOwners(twin), reviewed)).toEqual([
      'Person.hardshipListings: tax would answer for it too',
    ]);
    const root = withMore(
      'vital',
      'extend type Query { person(idNumber: String!, purpose: String!): Person @shareable }',
    );
    expect(unreviewedOwners(fieldOwners(root), reviewed)).toEqual(['Query.person: vital would answer for it too']);
    const moved = subgraphs.map(({ name, sdl }) => ({ name: name === 'hardship' ? 'stranger' : name, sdl }));
    expect(unreviewedOwners(fieldOwners(moved), reviewed)).toContain(
      'Person.hardshipListings: stranger would answer for it too',
    );
    const shared = [part('a', 'type New @shareable { x: Int }'), part('b', 'type New @shareable { x: Int }')];
    expect(unreviewedOwners(fieldOwners(shared), new Map())).toEqual(['New.x: a, b would answer for it too']);
    expect(unreviewedOwners(fieldOwners([shared[0]!]), new Map())).toEqual([]);
    // Written down, it passes; what was written is read as it was.
    expect(readOwners(writeOwners(fieldOwners(twin)))).toEqual(fieldOwners(twin));
    expect(unreviewedOwners(fieldOwners(twin), readOwners(writeOwners(fieldOwners(twin))))).toEqual([]);
  });

  it('68. a twin without the rule is not composed, and rules of several subgraphs all count', () => {
    const guarded = part('a', `type Query { number: String @shareable ${READS} }`);
    for (const rule of ['', '@authenticated', '@requiresScopes(scopes: [["person:read"], ["tax:read"]])']) {
      const twin = part('b', `type Query { number: String @shareable ${rule} }`);
      expect(() => composeSupergraph([guarded, twin])).toThrow('Query.number: a, b must ask for the same');
      expect(() => composeSupergraph([twin, guarded])).toThrow('Query.number: b, a must ask for the same');
    }
    const both = composeSupergraph([guarded, { ...guarded, name: 'b' }]);
    expect(both.sdl).toMatch(/number: String[^\n]*@requiresScopes\(scopes: \[\["person:read"\]\]\)/);
    const type = `type Query { one: Person } type Person @key(fields: "id") @authenticated { id: ID! }`;
    const bare = 'type Person @key(fields: "id") { id: ID! }';
    expect(() => composeSupergraph([part('a', type), part('b', bare)])).toThrow(
      'Person.id: a, b must ask for the same',
    );
  });
});
