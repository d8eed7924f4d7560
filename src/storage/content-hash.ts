import { hash } from 'node:crypto';
import { canonicalAttributes, type ClaimContent } from '../domain/claims/claims-from-row.ts';
import { nameKeyOf } from './name-keys.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** Digest of what a claim says (16 bytes, as hex): equal exactly where two claims of a jurisdiction say the same. */
export const contentHash = (seal: PlaceSeal, { attributes, validFrom, validTo }: ClaimContent): string =>
  contentHashOf(seal, { attributes: { ...attributes, name: nameKeyOf(seal, attributes.name) }, validFrom, validTo });

/**
 * The same, where the key of the name is in its place, so that no name can be tried against the digest. SHA-256; keyed where a number is
 * among the attributes, which could be found by trying numbers.
 *
 * @param json the attributes as canonical JSON
 */
export function contentHashOf(
  seal: PlaceSeal,
  { attributes, validFrom, validTo }: ClaimContent,
  json: string = canonicalAttributes(attributes),
): string {
  const text = `${validFrom ?? ''}|${validTo ?? ''}|${json}`;
  return 'certificateNumber' in attributes && attributes.certificateNumber !== undefined
    ? seal.keyed('claim.content_hash', text)
    : hash('sha256', text, 'hex').slice(0, 32);
}
