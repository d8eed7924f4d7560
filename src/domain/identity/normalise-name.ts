/**
 * A name as names are compared: without spaces, width and compatibility forms levelled, the dots of transcribed names
 * (· • ・ ‧) written as one. Only ever for telling a clerk that two names differ; nobody is joined to anybody by name.
 */
export function bareName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\s/gu, '')
    .replace(/[\u2022\u2027\u2219\u22C5\u30FB\u2024]/gu, '\u00B7');
}
