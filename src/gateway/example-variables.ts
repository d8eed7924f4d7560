import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { HubClient } from './clients.ts';
import type { PublishedOperation } from './published-operations.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Variables of `operations/examples.yaml`, by whom they are for (a jurisdiction `140405`, an office `tax` or a client
 * `130628:tax`) and by the operation's name; `null` for an operation that is of no use to them, though their token carries its scopes.
 */
export type OwnExamples = Readonly<Record<string, Readonly<Record<string, Variables | null>>>>;

/** Reads `examples.yaml` of the operations folder; throws where it speaks of an operation that is not published. */
export function readOwnExamples(folder: string, operations: readonly PublishedOperation[]): OwnExamples {
  const examples = parse(readFileSync(join(folder, 'examples.yaml'), 'utf8')) as OwnExamples;
  for (const [owner, byOperation] of Object.entries(examples)) {
    const unknown = Object.keys(byOperation).find((name) => !operations.some((one) => one.name === name));
    if (unknown !== undefined) throw new Error(`operations/examples.yaml: ${owner}: no operation is named ${unknown}`);
  }
  return examples;
}

/** Is the operation of use to a client whose token carries its scopes? */
export const isOfUse = (
  { name }: PublishedOperation,
  examples: OwnExamples,
  { id, agency, jurisdiction }: HubClient,
): boolean => [jurisdiction.id, agency, id].every((owner) => examples[owner]?.[name] !== null);

/** What a client may try an operation with: the operation's example, with the client's own values where it has any. */
export function exampleFor(
  { name, example }: PublishedOperation,
  examples: OwnExamples,
  { id, agency, jurisdiction }: HubClient,
): Variables | undefined {
  const own = [jurisdiction.id, agency, id].map((owner) => examples[owner]?.[name]);
  return example && Object.assign({}, example, ...own);
}
