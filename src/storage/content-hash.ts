import { hash } from 'node:crypto';
import { canonicalContent, type ClaimContent } from '../domain/claims/claims-from-row.ts';

/** Digest of what a claim says (first 16 bytes of SHA-256 of its canonical text, as hex): equal exactly where it says the same. */
export function contentHash(content: ClaimContent): string {
  return hash('sha256', canonicalContent(content), 'hex').slice(0, 32);
}
