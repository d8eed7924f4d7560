import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Kind,
  parse,
  stripIgnoredCharacters,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** An operation that the hub publishes: read, validated and planned once, when it starts. */
export interface PublishedOperation {
  /** The operation's name, which is also its `documentId`. */
  readonly name: string;
  /** What it is for, from the comment at its head, in Chinese and English. */
  readonly about: string;
  /** Scopes without which it is of no use, from the `needs:` line of that comment. */
  readonly needs: readonly string[];
  /** Variables to try it with, from the JSON file of the same name; undefined where there is none. */
  readonly example: Readonly<Record<string, unknown>> | undefined;
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The published operations. */
export interface PublishedOperations {
  readonly all: readonly PublishedOperation[];
  /** By its name, or by the SHA-256 of its text in lower-case hex. */
  find(documentId: string): PublishedOperation | undefined;
  /** The operation with this very text. */
  findText(text: string): PublishedOperation | undefined;
  /** The operation with the same document, however it is laid out. */
  findSame(text: string): PublishedOperation | undefined;
}

/** Reads the folder of published operations, one operation a file; throws naming the file that does not fit the graph. */
export function loadPublishedOperations(folder: string, schema: GraphQLSchema): PublishedOperations {
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const all = files.toSorted().map((file) => readOperation(folder, file, schema));
  const byName = new Map(all.map((operation) => [operation.name, operation]));
  if (byName.size < all.length) throw new Error(`two files of ${folder} publish an operation of the same name`);
  const byHash = new Map(all.map((operation) => [sha256Of(operation.text), operation]));
  const byText = new Map(all.map((operation) => [operation.text, operation]));
  const byBareText = new Map(all.map((operation) => [bareText(operation.text), operation]));
  const longest = 2 * Math.max(0, ...all.map(({ text }) => text.length));
  return {
    all,
    find: (documentId) => byName.get(documentId) ?? byHash.get(documentId),
    findText: (text) => byText.get(text),
    findSame: (text) => (text.length > longest ? undefined : byBareText.get(bareText(text) ?? '')),
  };
}

/** By which a client may name a document without sending it. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A document without its layout and comments; undefined for what is none. */
function bareText(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}

function readOperation(folder: string, file: string, schema: GraphQLSchema): PublishedOperation {
  const text = readFileSync(join(folder, file), 'utf8');
  const document = parse(text);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  const name = operation?.name?.value;
  if (operations.length !== 1 || !operation || !name) throw new Error(`operations/${file}: one named operation a file`);
  const about = commentAtHead(text);
  if (about === '') throw new Error(`operations/${file}: a comment at the head must say what the operation is for`);
  const problems = validate(schema, document);
  if (problems.length > 0) {
    throw new Error(`operations/${file}: ${problems.map(({ message }) => message).join('; ')}`);
  }
  const needs = /^needs: (.+)$/m.exec(about)?.[1]?.split(' ') ?? [];
  return { name, about, needs, example: readExample(join(folder, file)), text, document, operation };
}

function readExample(file: string): PublishedOperation['example'] {
  const example = file.replace(/\.graphql$/, '.json');
  return existsSync(example) ? (JSON.parse(readFileSync(example, 'utf8')) as PublishedOperation['example']) : undefined;
}

function commentAtHead(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ''))
    .join('\n')
    .trim();
}
