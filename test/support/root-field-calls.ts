import { getNamedType, isObjectType, isRequiredArgument, type GraphQLField } from 'graphql';

/** What a required argument is given where a test does not say. A root field that takes something new must be added here. */
const GIVEN: Readonly<Record<string, string>> = {
  id: '"00000000-0000-7000-8000-000000000000"',
  jurisdiction: '"130628"',
  policyYear: '2026',
  by: '{ name: "张" }',
  number: '"H1"',
  reason: '"报错了"',
  because: '"核实过"',
  version: '1',
  settlement: '{ differentPeople: { subjects: [] } }',
  answer: '{ state: ACCEPTED }',
  'requestEmergency.input': '{ because: "抢险", numbers: 1, minutes: 1 }',
  'requestCorrection.input': '{ submission: "none", row: 1, about: "name", reason: "不一致" }',
  'comparePacks.input': '{ policyYear: 2026, pack: "" }',
};

/**
 * Writes a call of a root field with all that it requires, for sweeps over every one of them.
 *
 * @param said what arguments are given, by name, or by `field.argument` for one field alone, which is given also where it is optional
 * @throws where nobody says what a required argument is given
 */
export function callOf(field: GraphQLField<unknown, unknown>, said: Readonly<Record<string, string>>): string {
  const values: Readonly<Record<string, string>> = { ...GIVEN, ...said };
  const own = (argument: string): string => `${field.name}.${argument}`;
  const given = field.args
    .filter((argument) => isRequiredArgument(argument) || Object.hasOwn(said, own(argument.name)))
    .map(({ name }) => {
      const value = values[own(name)] ?? values[name];
      if (value === undefined) throw new Error(`nothing says what ${field.name}(${name}:) is given`);
      return `${name}: ${value}`;
    });
  const selection = isObjectType(getNamedType(field.type)) ? ' { __typename }' : '';
  return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${selection}`;
}
