import {
  coerceInputValue,
  isInputType,
  isNonNullType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';

/** Enough to mend a request by; a push of thousands of rows must not be answered by thousands of errors. */
const MOST_PROBLEMS = 20;

type Problem = RequestRefused['problems'][number];

/**
 * Refuses variables that do not fit their types with `BAD_USER_INPUT`, naming places only: the library's own messages quote the
 * value, and the value of an id number must not come back in an error.
 */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const problems: Problem[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type) as GraphQLInputType | undefined;
    if (!type || !isInputType(type)) continue;
    const given = Object.hasOwn(variables, name);
    if (!given && definition.defaultValue) continue;
    if (!given || variables[name] === null) {
      if (isNonNullType(type)) problems.push({ zh: `缺少变量 $${name}`, en: `variable $${name} is missing` });
      continue;
    }
    coerceInputValue(variables[name], type, (path, _value, error) => {
      problems.push(problemAt(`$${name}${placeOf(path)}`, error.message));
      // Not one more is looked for: each costs as much as a hundred values that fit.
      if (problems.length === MOST_PROBLEMS) throw new RequestRefused('BAD_USER_INPUT', problems);
    });
  }
  if (problems.length > 0) throw new RequestRefused('BAD_USER_INPUT', problems);
}

/** Steps of the path are names of the schema and row numbers: the library reports an unknown key at the object that holds it. */
function placeOf(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
}

function problemAt(place: string, message: string): Problem {
  const missing = /^Field "(\w+)" of required type/.exec(message)?.[1];
  if (missing) return { zh: `缺少 ${place}.${missing}`, en: `${place}.${missing} is missing` };
  if (/^Field ".*" is not defined by type/s.test(message)) {
    return { zh: `${place} 有未定义的字段`, en: `${place} has a field that is not defined` };
  }
  return { zh: `${place} 的值不符合类型`, en: `the value of ${place} does not fit its type` };
}
