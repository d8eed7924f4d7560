/** Member names by which careless code reaches what all objects share. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** A JSON object as it was written: each member once. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads bytes of UTF-8 as one JSON object; `null` for anything else, and where a member is written twice (RFC 8259 leaves open which
 * one counts, so two readers of one token could see two agencies), bears a reserved name, or lies deeper than `deepest`.
 */
export function readStrictObject(bytes: Uint8Array, deepest: number): JsonObject | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // What stands between quotes is no structure; strings that never end are for the parser to refuse.
    const structure = text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"/g, '');
    if (depthOf(structure) > deepest) return null;
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    if (membersIn(value) !== structure.split(':').length - 1) return null;
    return [...membersOf(value)].some((name) => RESERVED.has(name)) ? null : (value as JsonObject);
  } catch {
    return null;
  }
}

function depthOf(structure: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of structure) {
    if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth);
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return deepest;
}

/** How many members a value has, its own and those within: fewer than were written where one was written twice. */
export function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const one of inner) if (typeof one === 'object') count += membersIn(one);
  return count;
}

/** The names of all members, however deep. The depth was looked at before. */
function* membersOf(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield name;
    yield* membersOf(inner);
  }
}
