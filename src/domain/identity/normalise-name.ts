import { bareKeyIn } from './name-key.ts';

/**
 * A name as names are compared: without spaces, width and compatibility forms levelled, the dots of transcribed names
 * (· • ・ ‧) written as one. Only ever for telling a clerk that two names differ; nobody is joined to anybody by name.
 * Of the key of a name, as whoever decides reads it, the key of the bare name.
 */
export function bareName(name: string): string {
  // Nearly every name there is has nothing to be levelled.
  if (PLAIN.test(name)) return name;
  const key = bareKeyIn(name);
  if (key !== undefined) return key;
  return name
    .normalize('NFKC')
    .replace(/\s/gu, '')
    .replace(/[\u2022\u2027\u2219\u22C5\u30FB\u2024]/gu, '\u00B7');
}

/** Ideographs, which have no other form, and the one dot. */
const PLAIN = /^[\u4E00-\u9FFF\u00B7]*$/;
