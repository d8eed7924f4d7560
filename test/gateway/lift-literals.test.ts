import { buildSchema, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { literalLifter } from '../../src/gateway/lift-literals.ts';

const schema = buildSchema(`
  type Query { person(number: String!, first: Int = 10, by: By, tags: [String!], exact: Boolean, kind: Kind): Person }
  type Person { name(of: ID): String listings(first: Int): [String] person: Person }
  input By { name: String, years: [Int!], deeper: By, weight: Float }
  enum Kind { NEAR FAR }
`);
const lifted = (text: string, name?: string) => {
  const { document, variables } = literalLifter(schema)(parse(text), name);
  return { text: print(document).replaceAll(/\s+/g, ' '), variables };
};

describe('numbers and texts of a document', () => {
  it('become variables of the type that stands in their place', () => {
    expect(
      lifted(
        '{ person(number: "110", first: 3, tags: ["a", "b"], by: { name: "x", years: [1], weight: 2 }) { name(of: 7) } }',
      ),
    ).toEqual({
      text: 'query ($lifted0: String!, $lifted1: Int, $lifted2: String!, $lifted3: String!, $lifted4: String, $lifted5: Int!, $lifted6: Float, $lifted7: ID) { person( number: $lifted0 first: $lifted1 tags: [$lifted2, $lifted3] by: {name: $lifted4, years: [$lifted5], weight: $lifted6} ) { name(of: $lifted7) } }'.replaceAll(
        ', $',
        ', $',
      ),
      variables: {
        lifted0: '110',
        lifted1: 3,
        lifted2: 'a',
        lifted3: 'b',
        lifted4: 'x',
        lifted5: 1,
        lifted6: 2,
        lifted7: 7,
      },
    });
  });

  it('stay where they say what the document is: words, truths, nothing, directives, defaults', () => {
    const text =
      'query ($n: Int = 5, $if: Boolean!) { person(number: "1", first: $n, exact: true, kind: NEAR, by: null) @skip(if: $if) { name } }';
    const read = lifted(text);
    expect(read.variables).toEqual({ lifted0: '1' });
    expect(read.text).toContain('$n: Int = 5');
    expect(read.text).toContain('exact: true, kind: NEAR, by: null');
  });

  it('are one variable where they are the same, so that what answers under one name stays the same', () => {
    expect(lifted('{ person(number: "1") { name } person(number: "1") { listings(first: 2) } }').variables).toEqual({
      lifted0: '1',
      lifted1: 2,
    });
  });

  it('take no name that the document has, and leave other operations of it out', () => {
    const read = lifted(
      'query A($lifted0: String!) { person(number: $lifted0) { listings(first: 2) } } query B { person(number: "b") { name } }',
      'A',
    );
    expect(read.variables).toEqual({ lifted_0: 2 });
    expect(read.text).not.toContain('query B');
  });

  it('are in no key: documents that differ in them alone have one plan', () => {
    const lift = literalLifter(schema);
    const plans = new Set(
      Array.from(
        { length: 2_000 },
        (_, index) => lift(parse(`{ person(number: "${index}", first: ${index}) { name } }`)).document,
      ),
    );
    expect(plans.size).toBe(1);
    expect(print([...plans][0]!)).not.toMatch(/\d{3}/);
  });
});
