import { hash } from 'node:crypto';
import { canonicalAttributes, type ClaimContent } from '../domain/claims/claims-from-row.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** Digest of what a claim says (16 bytes, as hex): equal exactly where two claims of a jurisdiction say the same. */
export const contentHash = (seal: PlaceSeal, content: ClaimContent): string =>
  contentHashOf(seal, content, canonicalAttributes(content.attributes));

/**
 * The same, where the attributes are at hand as canonical JSON. SHA-256; keyed where a number is among them, which could be found by
 * trying numbers against the digest.
 */
export function contentHashOf(seal: PlaceSeal, { attributes, validFrom, validTo }: ClaimContent, json: string): string {
  const text = `${validFrom ?? ''}|${validTo ?? ''}|${json}`;
  return 'certificateNumber' in attributes && attributes.certificateNumber !== undefined
    ? seal.keyed('claim.content_hash', text)
    : hash('sha256', text, 'hex').slice(0, 32);
}
