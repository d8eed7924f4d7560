import {
  getOperationAST,
  Kind,
  print,
  visit,
  type DocumentNode,
  type FieldNode,
  type InlineFragmentNode,
  type SelectionNode,
} from 'graphql';
import type { SubgraphRequest } from './subgraph-server.ts';

/** A reference to something that a subgraph owns: its type and key. */
export type Reference = Readonly<Record<string, unknown>>;

/** What is asked of a subgraph elsewhere, and by what its answer is judged. */
export interface AskedOfSubgraph {
  readonly document: DocumentNode;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  /** By the name under which they are answered: the things asked for, in order. */
  readonly references: ReadonlyMap<string, readonly Reference[]>;
}

/** Under which name a key is asked for besides everything else. */
export const keyAlias = (key: string): string => `_key_${key}`;

/** The members of a reference by which its thing is known. */
export const keysOf = (reference: Reference): string[] =>
  Object.keys(reference).filter((name) => name !== '__typename');

/** Asks, besides what the planner wants to know, for the keys of all things referred to, so that an answer about others is seen. */
export function askingForKeys({ document, variables = {}, operationName }: SubgraphRequest): AskedOfSubgraph {
  const references = new Map<string, readonly Reference[]>();
  for (const field of entityFields(document, operationName)) {
    const given = field.arguments?.find(({ name }) => name.value === 'representations')?.value;
    const listed = given?.kind === Kind.VARIABLE ? variables[given.name.value] : undefined;
    references.set((field.alias ?? field.name).value, Array.isArray(listed) ? (listed as Reference[]) : []);
  }
  return { ...withKeys(document, references), variables, operationName, references };
}

function entityFields(document: DocumentNode, operationName: string | undefined): FieldNode[] {
  const roots = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  return roots.filter((node) => node.kind === Kind.FIELD).filter(({ name }) => name.value === '_entities');
}

type Sent = Pick<AskedOfSubgraph, 'document' | 'text'>;

/** Planned documents come again and again, with references by the same keys. */
const sent = new WeakMap<DocumentNode, Map<string, Sent>>();

function withKeys(document: DocumentNode, references: AskedOfSubgraph['references']): Sent {
  const keys = [...references].map(([name, listed]) => [name, keysByType(listed)] as const);
  const signature = JSON.stringify(keys);
  const known = sent.get(document)?.get(signature);
  if (known) return known;
  const added = new Map(keys.map(([name, byType]) => [name, byType.map(fragmentOf)]));
  const asking = visit(document, {
    Field: (node) => {
      const fragments = added.get((node.alias ?? node.name).value);
      if (node.name.value !== '_entities' || !fragments || !node.selectionSet) return undefined;
      const selections: SelectionNode[] = [...node.selectionSet.selections, ...fragments];
      return { ...node, selectionSet: { ...node.selectionSet, selections } };
    },
  });
  const fresh = { document: asking, text: print(asking) };
  sent.set(document, (sent.get(document) ?? new Map<string, Sent>()).set(signature, fresh));
  return fresh;
}

type KeysOfType = readonly [typeName: string, keys: readonly string[]];

function keysByType(listed: readonly Reference[]): KeysOfType[] {
  const byType = new Map(listed.map((one) => [String(one['__typename']), keysOf(one)]));
  return [...byType].filter(([, keys]) => keys.length > 0);
}

const fragmentOf = ([typeName, keys]: KeysOfType): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
  selectionSet: {
    kind: Kind.SELECTION_SET,
    selections: keys.map((key) => ({
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: keyAlias(key) },
      name: { kind: Kind.NAME, value: key },
    })),
  },
});
