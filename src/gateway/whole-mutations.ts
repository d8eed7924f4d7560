import {
  getArgumentValues,
  Kind,
  OperationTypeNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { HubContext } from '../subgraphs/context.ts';
import { ROOT_RULES } from '../subgraphs/field-rules.ts';
import { toldRefusal } from './error-answer.ts';
import type { PreparedDocument } from './prepare-document.ts';

/**
 * Lets a mutation of several root fields begin only where the caller may do all of it: else the first would have been done when the second is
 * refused. A field left out by a directive counts as well, since a refusal must not turn on a variable.
 */
export function assertAllAllowed(
  schema: GraphQLSchema,
  { document, operation }: PreparedDocument,
  variables: Readonly<Record<string, unknown>>,
  { flows, caller }: HubContext,
): void {
  if (operation.operation !== OperationTypeNode.MUTATION) return;
  const fields = rootFieldsOf(operation.selectionSet, document).filter(({ name }) => !name.value.startsWith('__'));
  if (fields.length < 2) return;
  const known = schema.getMutationType()?.getFields() ?? {};
  const wanted = fields.map((field) => {
    const { input } = getArgumentValues(known[field.name.value]!, field, variables) as { input?: MeantInput };
    return { ...ROOT_RULES[`Mutation.${field.name.value}`]!, jurisdiction: input?.jurisdiction ?? null };
  });
  const answer = flows.decideAll(wanted, caller);
  if (!answer.ok) throw toldRefusal(answer.refusal);
}

/** The part of a push's input that says for whom it is meant. */
interface MeantInput {
  readonly jurisdiction?: string | null;
}

function rootFieldsOf(set: SelectionSetNode, document: PreparedDocument['document']): FieldNode[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    if (node.kind === Kind.INLINE_FRAGMENT) return rootFieldsOf(node.selectionSet, document);
    const fragment = document.definitions.find(
      (found) => found.kind === Kind.FRAGMENT_DEFINITION && found.name.value === node.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? rootFieldsOf(fragment.selectionSet, document) : [];
  });
}
