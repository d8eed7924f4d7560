import {
  execute,
  OperationTypeNode,
  valueFromASTUntyped,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { HubContext } from '../subgraphs/context.ts';
import type { PublishedOperation } from './published-operations.ts';

/** Executes one operation, as often as it is asked. */
export type RunOperation = (
  variables: Readonly<Record<string, unknown>>,
  context: HubContext,
) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Makes a published operation ready to run. A query is compiled once into a function of its own, which saves looking up every
 * field of every person again; a mutation spends its time in the store, and runs as the specification's own algorithm does.
 */
export function compileOperation(
  schema: GraphQLSchema,
  { document, operation, name }: PublishedOperation,
): RunOperation {
  if (operation.operation !== OperationTypeNode.QUERY) {
    return (variableValues, contextValue) => execute({ schema, document, variableValues, contextValue });
  }
  const compiled = compileQuery(schema, document, name);
  if (!isCompiledQuery(compiled)) throw new Error(`operation ${name} cannot be compiled`);
  // graphql-jit refuses a variable of a non-null type that is left to its default.
  const defaults = defaultVariables(operation);
  return (variables, context) =>
    compiled.query(undefined, context, { ...defaults, ...variables }) as ReturnType<RunOperation>;
}

function defaultVariables({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
}
