import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { readStories, type StoriesRead } from './story.ts';

/** The stories of all files found, in the order of their names, and what cannot be told. */
export interface StoriesFound extends StoriesRead {
  /** YAML files that hold no stories (a policy pack beside its cases). */
  readonly passedOver: readonly string[];
}

/** Finds the stories in folders, with the folders inside them, and in files named outright. */
export function findStories(paths: readonly string[]): StoriesFound {
  const found = paths.flatMap(yamlFiles).map(readFile);
  return {
    stories: found.flatMap(({ stories }) => stories),
    problems: found.flatMap(({ problems }) => problems),
    passedOver: found.flatMap(({ passedOver }) => passedOver),
  };
}

function yamlFiles(path: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (!kind) throw new Error(`there is no file or folder ${path}`);
  if (kind.isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}

function readFile(file: string): StoriesFound {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const [error] = document.errors;
  if (error) return { stories: [], problems: [{ file, case: null, what: error.message }], passedOver: [] };

  const content: unknown = document.toJS();
  // Someone who misspells one of the two keys is told so; a file with neither is about something else.
  const isStories = typeof content === 'object' && content !== null && ('cases' in content || 'pack' in content);
  return isStories
    ? { ...readStories(file, content), passedOver: [] }
    : { stories: [], problems: [], passedOver: [file] };
}
