import { createHmac } from 'node:crypto';
import type { SubjectKeys } from '../flows/ports.ts';
import { uuidText } from './ids.ts';

/**
 * Makes subject keys: HMAC-SHA-256 under the pepper of the document's type and normalised number, its first 16 bytes
 * written as a UUIDv8 (RFC 9562 §5.8, free for such uses). The same document has the same key in every jurisdiction;
 * without the pepper a key cannot be tried against the few billion numbers there are.
 */
export function hmacSubjectKeys(pepper: string): SubjectKeys {
  return {
    keyOf: ({ idType, idNumber }) => {
      // The NUL keeps type and number apart, whatever they hold.
      const bytes = createHmac('sha256', pepper).update(`${idType}\0${idNumber}`).digest();
      bytes[6] = 0x80 | (bytes[6]! & 0x0f);
      bytes[8] = 0x80 | (bytes[8]! & 0x3f);
      return uuidText(bytes);
    },
  };
}
