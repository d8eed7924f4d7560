/**
 * A key that stands for a name wherever names are only compared: whoever decides reads keys, and no name. Its first part is that of the
 * bare name (`bareName`), and begins alike for names that begin alike; a second part tells how the name was written, where that differs.
 * A bare name of nothing has no first part.
 */
const NAME_KEY = /^~(?<bare>[\w-]{25})?(?:\.[\w-]{10})?$/;

/** What every key of a name begins with. */
export const NAME_KEY_SIGN = '~';

/** Characters of the first part that names share which share their first one, two, three characters. */
export const ALIKE_TO = [6, 11, 15] as const;

/** Is this the key of a name, and not a name? */
export const isNameKey = (text: string): boolean => text.startsWith(NAME_KEY_SIGN) && NAME_KEY.test(text);

/** The key of the bare name, from that of a name; empty where the bare name is; `undefined` of what is no key. */
export function bareKeyIn(text: string): string | undefined {
  if (!text.startsWith(NAME_KEY_SIGN)) return undefined;
  const found = NAME_KEY.exec(text);
  if (!found) return undefined;
  const { bare } = found.groups!;
  return bare === undefined ? '' : NAME_KEY_SIGN + bare;
}
