import { hash } from 'node:crypto';
import { canonicalAttributes, type ClaimContent } from '../domain/claims/claims-from-row.ts';

/** Digest of what a claim says (16 bytes of SHA-256, as hex): equal exactly where two claims say the same. */
export const contentHash = (content: ClaimContent): string =>
  contentHashOf(content, canonicalAttributes(content.attributes));

/** The same, where the attributes are at hand as canonical JSON. */
export const contentHashOf = (
  { validFrom, validTo }: Pick<ClaimContent, 'validFrom' | 'validTo'>,
  json: string,
): string => hash('sha256', `${validFrom ?? ''}|${validTo ?? ''}|${json}`, 'hex').slice(0, 32);
