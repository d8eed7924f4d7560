import { createHash } from 'node:crypto';
import type { ContentDigest } from '../flows/ports.ts';

/** SHA-256 of the content's canonical JSON, as lower-case hex: the order of keys and absent values make no difference. */
export const contentDigest: ContentDigest = (content) =>
  createHash('sha256').update(canonicalJson(content)).digest('hex');

/** JSON with the keys of every object in code unit order (as RFC 8785) and `undefined` members left out. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? sorted(inner) : inner,
  );
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
