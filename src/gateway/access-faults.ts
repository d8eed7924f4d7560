import {
  Kind,
  print,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type InterfaceTypeExtensionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
} from 'graphql';

/** A subgraph as it is composed. */
export interface ParsedSubgraph {
  readonly name: string;
  readonly typeDefs: DocumentNode;
}

/** The directives that say who may ask. */
const RULES = new Set(['authenticated', 'requiresScopes', 'policy']);
/** Directives by which a value is fetched, or handed on, past the field whose rule stands before it. */
const DETOURS = ['requires', 'provides', 'fromContext', 'interfaceObject', 'override', 'composeDirective'];

/**
 * Where a rule of access could be walked around, one sentence each: directives under other names, values that reach a field by way of
 * another subgraph, an interface and its types that do not ask the same, a field of several subgraphs that is guarded in one of them only.
 * Decisions are made in the flows all the same; but what the graph says of itself must be what holds, on every way to a field.
 */
export function accessFaults(subgraphs: readonly ParsedSubgraph[]): string[] {
  return [...subgraphs.flatMap(nameFaults), ...subgraphs.flatMap(interfaceFaults), ...twinFaults(subgraphs)];
}

type FieldsType =
  ObjectTypeDefinitionNode | ObjectTypeExtensionNode | InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode;

/** The definitions of a subgraph that have fields. */
export function typesWithFields({ definitions }: DocumentNode): FieldsType[] {
  return definitions.filter(
    (node): node is FieldsType =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION ||
      node.kind === Kind.OBJECT_TYPE_EXTENSION ||
      node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
      node.kind === Kind.INTERFACE_TYPE_EXTENSION,
  );
}

function nameFaults({ name, typeDefs }: ParsedSubgraph): string[] {
  const links = typeDefs.definitions
    .filter((node) => node.kind === Kind.SCHEMA_EXTENSION || node.kind === Kind.SCHEMA_DEFINITION)
    .flatMap(({ directives = [] }) => directives)
    .filter((directive) => directive.name.value === 'link');
  const renamed = links.some((link) => /\bas:/.test(print(link)));
  const own = typeDefs.definitions.some(
    (node) => node.kind === Kind.DIRECTIVE_DEFINITION && RULES.has(node.name.value),
  );
  const used = typesWithFields(typeDefs).flatMap((type) => [
    ...(type.directives ?? []),
    ...(type.fields ?? []).flatMap(({ directives = [], arguments: given = [] }) => [
      ...directives,
      ...given.flatMap((one) => one.directives ?? []),
    ]),
  ]);
  const names = new Set(used.map((directive) => directive.name.value));
  return [
    ...(renamed || own ? [`${name}: the directives of the specification keep their names`] : []),
    ...[...names]
      .filter((one) => one.startsWith('federation__'))
      .map((one) => `${name}: @${one} is imported by its own name, or not used`),
    ...DETOURS.filter((one) => names.has(one)).map((one) => `${name}: @${one} leads past the rules of fields`),
  ];
}

function interfaceFaults({ name, typeDefs }: ParsedSubgraph): string[] {
  const types = typesWithFields(typeDefs);
  const interfaces = new Map(
    types.filter(({ kind }) => kind === Kind.INTERFACE_TYPE_DEFINITION).map((type) => [type.name.value, type]),
  );
  return types.flatMap((type) =>
    (type.interfaces ?? []).flatMap((implemented) => {
      const above = interfaces.get(implemented.name.value);
      return (above?.fields ?? []).flatMap((field) => {
        const own = type.fields?.find((one) => one.name.value === field.name.value);
        if (!above || !own || ruleOf(above, field) === ruleOf(type, own)) return [];
        const places = `${above.name.value}.${field.name.value} and ${type.name.value}.${field.name.value}`;
        return [`${name}: ${places} must ask for the same`];
      });
    }),
  );
}

function twinFaults(subgraphs: readonly ParsedSubgraph[]): string[] {
  const rules = new Map<string, Map<string, string>>();
  for (const { name, typeDefs } of subgraphs) {
    for (const type of typesWithFields(typeDefs)) {
      for (const field of type.fields ?? []) {
        const place = `${type.name.value}.${field.name.value}`;
        rules.set(place, (rules.get(place) ?? new Map<string, string>()).set(name, ruleOf(type, field)));
      }
    }
  }
  return [...rules]
    .filter(([, byOwner]) => new Set(byOwner.values()).size > 1)
    .map(([place, byOwner]) => `${place}: ${[...byOwner.keys()].join(', ')} must ask for the same`);
}

/** Everything that is asked of whoever asks for a field, written one way. */
function ruleOf(type: FieldsType, field: FieldDefinitionNode): string {
  const rules = (directives: readonly ConstDirectiveNode[] = []): string[] =>
    directives.filter(({ name }) => RULES.has(name.value)).map((directive) => print(directive));
  return [...rules(type.directives), ...rules(field.directives)].toSorted().join(' ');
}
