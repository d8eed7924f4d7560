import {
  getOperationAST,
  Kind,
  parse,
  parseType,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FloatValueNode,
  type GraphQLSchema,
  type IntValueNode,
  type OperationDefinitionNode,
  type StringValueNode,
  type VariableDefinitionNode,
  type VariableNode,
} from 'graphql';

/** Plans kept. A plan is found by the text of its document, so that all documents of one text have one plan. */
const KEPT_PLANS = 200;

/** A document without the numbers and texts that stood in it, and these as variables beside it. */
export interface Lifted {
  /** The same object for the same text, for as long as it is kept: the planner finds its plan by it. */
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Makes what takes numbers and texts out of documents before these are planned. The number of a person in a document would otherwise lie
 * in the key of a plan for as long as that is kept, and every number would have a plan of its own. Bounded: the plan that was used longest
 * ago makes place for a new one.
 */
export function literalLifter(schema: GraphQLSchema): (document: DocumentNode, operationName?: string) => Lifted {
  const kept = new Map<string, DocumentNode>();
  const lifted = new WeakMap<DocumentNode, Map<string | undefined, Lifted>>();

  const keep = (text: string): DocumentNode => {
    const document = kept.get(text) ?? parse(text, { noLocation: true });
    kept.delete(text);
    kept.set(text, document);
    if (kept.size > KEPT_PLANS) kept.delete(kept.keys().next().value!);
    return document;
  };

  return (document, operationName) => {
    const known = lifted.get(document)?.get(operationName);
    if (known) return known;
    const { text, variables } = withoutLiterals(document, operationName, schema);
    const fresh = { document: keep(text), variables };
    lifted.set(document, (lifted.get(document) ?? new Map<string | undefined, Lifted>()).set(operationName, fresh));
    return fresh;
  };
}

type Literal = IntValueNode | FloatValueNode | StringValueNode;

function withoutLiterals(document: DocumentNode, operationName: string | undefined, schema: GraphQLSchema) {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('a prepared document has the operation that was asked for');
  const prefix = freePrefix(operation);
  const types = new TypeInfo(schema);
  const variables: Record<string, unknown> = {};
  const definitions = new Map<string, VariableDefinitionNode>();

  const lift = (node: Literal): VariableNode | undefined => {
    const type = types.getInputType();
    if (!type) return undefined;
    // One variable for what is the same: of two fields that answer under one name the arguments must not differ.
    const key = `${String(type)} ${node.kind} ${node.value}`;
    const name = definitions.get(key)?.variable.name.value ?? `${prefix}${definitions.size}`;
    const variable: VariableNode = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } };
    definitions.set(key, { kind: Kind.VARIABLE_DEFINITION, variable, type: parseType(String(type)) });
    variables[name] = node.kind === Kind.STRING ? node.value : Number(node.value);
    return variable;
  };
  const skip = (): false => false;
  const one: DocumentNode = {
    ...document,
    definitions: document.definitions.filter((node) => node === operation || node.kind === Kind.FRAGMENT_DEFINITION),
  };
  const bare = visit(
    one,
    visitWithTypeInfo(types, {
      IntValue: lift,
      FloatValue: lift,
      StringValue: lift,
      Directive: skip,
      VariableDefinition: skip,
    }),
  );
  return { text: print(withVariables(bare, [...definitions.values()])), variables };
}

/** What no variable of the operation begins with. */
function freePrefix({ variableDefinitions = [] }: OperationDefinitionNode): string {
  let prefix = 'lifted';
  while (variableDefinitions.some(({ variable }) => variable.name.value.startsWith(prefix))) prefix += '_';
  return prefix;
}

const withVariables = (document: DocumentNode, added: readonly VariableDefinitionNode[]): DocumentNode => ({
  ...document,
  definitions: document.definitions.map((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? { ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...added] }
      : node,
  ),
});
